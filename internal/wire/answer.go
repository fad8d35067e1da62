package wire

// Answers returns the tag of the request that the event answers, "" where the
// request had none. Only events with a Re have the method.
func (r Re) Answers() string { return r.Re }
