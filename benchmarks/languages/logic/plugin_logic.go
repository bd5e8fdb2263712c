package main

import (
	"context"
	"time"
)

// Setup has nothing to do.
func Setup(context.Context) error { return nil }

// Execute does the same work as in every language: give a text back, after computing if asked to.
func Execute(_ context.Context, in Inputs) (Outputs, error) {
	until := time.Now().Add(time.Duration(in.Seconds * float64(time.Second)))
	for time.Now().Before(until) {
	}
	return Outputs{Result: in.Text}, nil
}
