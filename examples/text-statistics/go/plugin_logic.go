// Text Statistics: characters, words, sentences and the most frequent words of a text.

package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Letters and digits of any script with their marks, such as accents; an apostrophe, a hyphen or a
// joiner inside belongs to the word.
var word = regexp.MustCompile(`[\pL\pN_][\pL\pM\pN_]*(?:['\x{2019}\x{200c}\x{200d}\-][\pL\pN_][\pL\pM\pN_]*)*`)

// A full stop inside a number or a file name ends no sentence; an ideographic one always does.
var sentenceEnd = regexp.MustCompile(`[.!?\x{2026}]+["'\x{201d}\x{2019})\]]*(?:[\t-\r\x{85}\pZ]|$)|[\x{3002}\x{ff01}\x{ff1f}]+`)

// What is one letter in one case and several in the other, each with its folded form: the package
// unicode maps single letters.
var several = strings.NewReplacer(strings.Fields(`
ß ss  İ i̇  ŉ ʼn  ǰ ǰ  ΐ ΐ  ΰ ΰ  և եւ  ẖ ẖ  ẗ ẗ  ẘ ẘ  ẙ ẙ  ẚ aʾ  ẞ ss
ὐ ὐ  ὒ ὒ  ὔ ὔ  ὖ ὖ  ᾀ ἀι  ᾁ ἁι  ᾂ ἂι  ᾃ ἃι  ᾄ ἄι  ᾅ ἅι  ᾆ ἆι  ᾇ ἇι  ᾈ ἀι
ᾉ ἁι  ᾊ ἂι  ᾋ ἃι  ᾌ ἄι  ᾍ ἅι  ᾎ ἆι  ᾏ ἇι  ᾐ ἠι  ᾑ ἡι  ᾒ ἢι  ᾓ ἣι  ᾔ ἤι  ᾕ ἥι
ᾖ ἦι  ᾗ ἧι  ᾘ ἠι  ᾙ ἡι  ᾚ ἢι  ᾛ ἣι  ᾜ ἤι  ᾝ ἥι  ᾞ ἦι  ᾟ ἧι  ᾠ ὠι  ᾡ ὡι  ᾢ ὢι
ᾣ ὣι  ᾤ ὤι  ᾥ ὥι  ᾦ ὦι  ᾧ ὧι  ᾨ ὠι  ᾩ ὡι  ᾪ ὢι  ᾫ ὣι  ᾬ ὤι  ᾭ ὥι  ᾮ ὦι  ᾯ ὧι
ᾲ ὰι  ᾳ αι  ᾴ άι  ᾶ ᾶ  ᾷ ᾶι  ᾼ αι  ῂ ὴι  ῃ ηι  ῄ ήι  ῆ ῆ  ῇ ῆι  ῌ ηι  ῒ ῒ
ΐ ΐ  ῖ ῖ  ῗ ῗ  ῢ ῢ  ΰ ΰ  ῤ ῤ  ῦ ῦ  ῧ ῧ  ῲ ὼι  ῳ ωι  ῴ ώι  ῶ ῶ  ῷ ῶι
ῼ ωι  ﬀ ff  ﬁ fi  ﬂ fl  ﬃ ffi  ﬄ ffl  ﬅ st  ﬆ st  ﬓ մն  ﬔ մե  ﬕ մի  ﬖ վն  ﬗ մխ
`)...)

// folded is the same for words that differ in case alone.
func folded(word string) string {
	return strings.Map(func(one rune) rune {
		if one == 'ı' {
			return one
		}
		return unicode.ToLower(unicode.ToUpper(unicode.ToLower(one)))
	}, several.Replace(word))
}

// countSentences counts the parts between sentence ends that hold at least one word.
func countSentences(text string) int {
	count := 0
	for _, part := range sentenceEnd.Split(text, -1) {
		if word.MatchString(part) {
			count++
		}
	}
	return count
}

// Setup has nothing to prepare.
func Setup(ctx context.Context) error { return nil }

// Execute examines Text; Top limits the list and Ignore holds words that it leaves out.
func Execute(ctx context.Context, in Inputs) (Outputs, error) {
	if in.Top != math.Trunc(in.Top) {
		return Outputs{}, errors.New("top must be a whole number, such as 10")
	}
	ignored := map[string]bool{}
	for _, one := range in.Ignore {
		ignored[folded(one)] = true
	}
	words := word.FindAllString(in.Text, -1)
	counts := map[string]int{}
	for _, one := range words {
		if one = folded(one); !ignored[one] {
			counts[one]++
		}
	}
	// Words that are equally frequent come in the order of their code points.
	ranked := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	found := []map[string]any{}
	for _, one := range ranked[:int(min(in.Top, float64(len(ranked))))] {
		found = append(found, map[string]any{"word": one, "count": counts[one]})
	}
	return Outputs{
		Characters:   float64(utf8.RuneCountInString(in.Text)),
		Words:        float64(len(words)),
		Sentences:    float64(countSentences(in.Text)),
		MostFrequent: found,
	}, nil
}
