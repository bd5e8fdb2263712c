package pluginruntime

import "fmt"

const (
	mostLists   = 1_000_000
	costOfText  = 3 // times its length: the body, its pieces while they are joined, the decoded value
	costOfList  = 64
	costOfMap   = 384
	costOfItem  = 64
	costOfField = 64
	costOfQuote = 16
)

// costs holds the bytes of memory that each character of JSON stands for.
var costs = [256]int64{'[': costOfList, '{': costOfMap, ',': costOfItem, ':': costOfField, '"': costOfQuote}

// decodingCost estimates the peak of memory of a JSON text with everything that is made of it.
//
// Structure inside strings is counted like any other: the host sends JSON in strings.
type decodingCost struct{ bytes, lists int64 }

// add counts a piece of the text; the error is for what takes too long to decode.
func (c *decodingCost) add(text []byte) error {
	structure := int64(0)
	for _, octet := range text {
		structure += costs[octet]
		if octet == '[' {
			c.lists++
		}
	}
	c.bytes += structure + costOfText*int64(len(text))
	if c.lists > mostLists {
		return &noRoom{413, fmt.Sprintf("The JSON has more than %d lists.", mostLists)}
	}
	return nil
}
