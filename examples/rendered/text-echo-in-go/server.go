// The plugin's program:
//
//	plugin              serve until SIGTERM
//	plugin healthcheck  ask the plugin that runs for its health, and exit with 0 or 1
package main

import pluginruntime "stage7plugin/plugin_runtime"

func main() { pluginruntime.Main(Execute, Setup) }
