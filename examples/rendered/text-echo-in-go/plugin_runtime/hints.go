package pluginruntime

import (
	"errors"
	"os/exec"
	"strings"
	"syscall"
)

// explain is the text of an error, and what to do about it where the image lacks something.
func explain(err error) (text string) {
	defer func() {
		if recover() != nil { // its Error method panics
			text = "an error without text"
		}
	}()
	text = strings.TrimSpace(err.Error())
	if text == "" {
		text = "The plugin reported failure without a reason."
	}
	if hint := advice(err); hint != "" {
		text += "; " + hint
	}
	return text
}

func advice(err error) string {
	switch {
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return "in the container only /tmp, which is also the home folder, is writable"
	case errors.Is(err, syscall.ENOSPC):
		return "under make up, Compose and Kubernetes /tmp holds a quarter of container.resources.memory, and /dev/shm 64 MiB"
	case errors.Is(err, exec.ErrNotFound):
		return "the image of a Go plugin contains no program except the plugin: use a Go package, or another base image in the Dockerfile"
	}
	return ""
}
