package pluginruntime

import "strings"

// Classes of octets, by hand: compiling regular expressions took longer than the rest of the start.

func consistsOf(text string, isAllowed func(octet byte) bool) bool {
	for index := range len(text) {
		if !isAllowed(text[index]) {
			return false
		}
	}
	return true
}

func isDigit(octet byte) bool { return octet >= '0' && octet <= '9' }

func isUpper(octet byte) bool { return octet >= 'A' && octet <= 'Z' }

func isAlphanumeric(octet byte) bool { return octet|0x20 >= 'a' && octet|0x20 <= 'z' || isDigit(octet) }

func isHex(octet byte) bool { return isDigit(octet) || octet|0x20 >= 'a' && octet|0x20 <= 'f' }

// isTokenOctet is for names of header fields (RFC 9110, 5.6.2).
func isTokenOctet(octet byte) bool {
	return isAlphanumeric(octet) || strings.IndexByte("-_!#$%&'*+.^`|~", octet) >= 0
}

// isValueOctet is for values of header fields (RFC 9110, 5.5).
func isValueOctet(octet byte) bool { return octet >= ' ' && octet != 0x7f || octet == '\t' }

// isHostOctet is for the header field Host (RFC 9110, 7.2).
func isHostOctet(octet byte) bool {
	return isAlphanumeric(octet) || strings.IndexByte("!$%&'()*+,-.:;=[]_~", octet) >= 0
}

func isAuthorityOctet(octet byte) bool {
	return isAlphanumeric(octet) || strings.IndexByte("_.:-", octet) >= 0
}

// isUnreserved is for what looks the same in JSON, in Go and in a URL (RFC 3986, 2.3).
func isUnreserved(octet byte) bool {
	return isAlphanumeric(octet) || strings.IndexByte("_.~-", octet) >= 0
}
