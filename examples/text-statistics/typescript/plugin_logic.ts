/** Text Statistics: characters, words, sentences and the most frequent words of a text. */
import type { Context, Inputs, PluginResult } from './plugin_types.ts';

// Letters and digits of any script with their marks, such as accents; an apostrophe, a hyphen or a joiner inside
// belongs to the word.
const WORD =
  /[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*(?:(?:['\u2019\u200c-]|\u200d)[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*)*/gu;
// A full stop inside a number or a file name ends no sentence; an ideographic one always does.
const SENTENCE_END = /[.!?\u2026]+["'\u201d\u2019)\]]*(?:[\t-\r\x85\p{Z}]|$)|[\u3002\uff01\uff1f]+/u;

/** The same for words that differ in case alone: toLowerCase() would keep ß, and ς at the end of a word. */
function folded(word: string): string {
  const letters = Array.from(word, (one) =>
    one === 'ı' ? one : one.toLowerCase().toUpperCase().toLowerCase(),
  );
  return letters.join('');
}

/** Number of sentences: parts between sentence ends that hold at least one word. */
function countSentences(text: string): number {
  return text.split(SENTENCE_END).filter((part) => part.search(WORD) >= 0).length;
}

/** Examine `text`; `top` limits the list and `ignore` holds words that it leaves out. */
export async function executePlugin(inputs: Inputs, _context: Context): Promise<PluginResult> {
  const { text, top } = inputs;
  if (!Number.isInteger(top)) return { success: false, error: 'top must be a whole number, such as 10' };
  const words = (text.match(WORD) ?? []).map(folded);
  const ignored = new Set(inputs.ignore.map(folded));
  const counts = new Map<string, number>();
  for (const word of words) if (!ignored.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  // Words that are equally frequent come in the order of their code points, as their bytes do; `<` compares halves
  // of surrogate pairs.
  const ranked = [...counts].sort(
    ([a, often], [b, more]) => more - often || Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return {
    success: true,
    outputs: {
      characters: Array.from(text).length, // text.length counts the halves of surrogate pairs
      words: words.length,
      sentences: countSentences(text),
      most_frequent: ranked.slice(0, top).map(([word, count]) => ({ word, count })),
    },
  };
}
