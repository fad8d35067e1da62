package wire

import "bytes"

// splitLine finds a line that ends in LF, CRLF or a lone CR. The frame keeps
// its end: a CR at the end of data must be answered at once, and only the codec
// can tell that an LF which comes later belongs to it (lineEnd). An
// unterminated last line is a frame too.
func splitLine(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	end := bytes.IndexByte(data, '\n')
	if end < 0 {
		end = bytes.IndexByte(data, '\r')
	} else if cr := bytes.IndexByte(data[:end], '\r'); cr >= 0 {
		end = cr
	}
	switch {
	case end >= 0 && bytes.HasPrefix(data[end:], []byte("\r\n")):
		end += 2
	case end >= 0:
		end++
	case atEOF && len(data) > 0:
		end = len(data)
	default:
		return 0, nil, nil
	}
	return end, data[:end], nil
}

// lineEnd remembers whether the last line ended in a lone CR.
type lineEnd struct{ afterCR bool }

// isSecondHalf says whether frame is no line but the LF of a CRLF that came in
// two pieces. It is asked once for each frame.
func (e *lineEnd) isSecondHalf(frame []byte) bool {
	second := e.afterCR && string(frame) == "\n"
	e.afterCR = bytes.HasSuffix(frame, []byte{'\r'})
	return second
}
