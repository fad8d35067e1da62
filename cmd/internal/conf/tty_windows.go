package conf

// controlling names the console that the process belongs to.
const controlling = "CONIN$"
