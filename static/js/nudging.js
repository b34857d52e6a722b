// What app/comments/nudging.py says of a comment, for while it is typed: "loud", "brief" or null.
const FEWEST_WORDS = 3;
const FEWEST_LETTERS = 12;
const LOUD_SHARE = 0.7;
const BORROWED = /^```[\s\S]*?(?:^```|$(?![\s\S]))|`[^`\n]*`|^>.*$/gm;
const UNSPACED = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]/g;

const count = (text, pattern) => text.match(pattern)?.length ?? 0;

function shouts(own) {
  const upper = count(own, /\p{Uppercase}/gu);
  const letters = upper + count(own, /\p{Lowercase}/gu);
  return letters >= FEWEST_LETTERS && upper / letters >= LOUD_SHARE;
}

function words(own) {
  const spaced = own.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  return spaced + count(own, UNSPACED) / 2;
}

export function nudge(source) {
  const own = source.replace(BORROWED, "").trim();
  if (own.includes("!!!") || shouts(own)) return "loud";
  return own && words(own) < FEWEST_WORDS ? "brief" : null;
}
