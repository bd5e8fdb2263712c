// The name is the same in every plugin: server.go imports the server by it.
module stage7plugin

go 1.27
