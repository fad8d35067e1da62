package command

import "strconv"

// LeaveUnsaid asks whether to leave a room for which lines wait that will not be
// said then.
func LeaveUnsaid(room string, lines int) string {
	question := "leave #" + room
	switch lines {
	case 0:
		return question + "?"
	case 1:
		return question + " with 1 line unsaid?"
	default:
		return question + " with " + strconv.Itoa(lines) + " lines unsaid?"
	}
}
