/** Brings the count below to 2 % above OpenAI's o200k, over 1,401 tools of twelve public APIs. */
const calibration = 0.92

/**
 * What a text costs in a model's context, as an estimate. Tokenizers keep common words whole, cut long ones every five or six
 * letters and numbers every three digits, and take JSON's marks two or three at a time; letters of other scripts cost one each.
 * Against o200k it is off by -4 % to +16 % for nine tools of ten.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [part] of text.matchAll(/[A-Za-z]+|\d+|[^\sA-Za-z\d]+|\s+/g)) {
    const first = part.charCodeAt(0)
    if (first > 0x2fff) tokens += part.length
    else if (first > 0x7f) tokens += part.length / 2
    else if (/[A-Za-z]/.test(part)) tokens += part.length <= 9 ? 1 : Math.ceil(part.length / 6)
    else if (/\d/.test(part)) tokens += Math.ceil(part.length / 3)
    else if (/\s/.test(part)) tokens += part === ' ' ? 0 : 1
    else tokens += Math.ceil(part.length / 3)
  }
  return Math.ceil(tokens * calibration)
}
