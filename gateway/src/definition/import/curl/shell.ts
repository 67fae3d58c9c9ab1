/** Words of a shell command as bash cuts them (POSIX.1-2024, "Token Recognition"), without running anything in it. */

/** Longest list of words: longer ones are no request. */
const MAX_WORDS = 2000

export interface Command {
  readonly words: readonly string[]
  /** Where it starts, counted from 1. */
  readonly line: number
  /** Whether a quote was open when the text ended. */
  readonly isOpen: boolean
}

/** Every `curl …` of a text, whatever stands around: prompts, other commands, prose. Linear in the text. */
export function curlCommands(text: string): readonly Command[] {
  const source = fromWindows(text)
  const start = /(?:^|[;&|(`\n])[ \t]*(?:[$%>#❯➜][ \t]+)?(?:sudo[ \t]+)?curl(?:\.exe)?(?=[ \t\\])/g
  const commands: Command[] = []
  let line = 1
  let counted = 0
  for (let found = start.exec(source); found !== null; found = start.exec(source)) {
    const at = found.index + found[0].length
    for (; counted < at; counted++) if (source.charCodeAt(counted) === 10) line += 1
    const { words, end, isOpen } = wordsFrom(source, at)
    commands.push({ words, line, isOpen })
    // The newline that ended it may begin the next.
    start.lastIndex = Math.max(at, end - 1)
    if (isOpen) break
  }
  return commands
}

/** What the command prompt of Windows escapes with ^, and PowerShell continues with a backtick. */
function fromWindows(text: string): string {
  const plain = text.replaceAll('\r\n', '\n')
  if (/\^["\n]/.test(plain)) return plain.replace(/\^\n[ \t]*/g, ' ').replace(/\^(.)/g, '$1')
  return /`\n/.test(plain) ? plain.replace(/`\n/g, '\\\n') : plain
}

interface Words {
  readonly words: readonly string[]
  readonly end: number
  readonly isOpen: boolean
}

function wordsFrom(text: string, from: number): Words {
  const words: string[] = []
  let word: string[] | null = null
  let at = from
  let isOpen = false
  const push = (piece: string) => {
    word ??= []
    word.push(piece)
  }
  const finish = () => {
    if (word !== null && words.length < MAX_WORDS) words.push(word.join(''))
    word = null
  }
  scan: while (at < text.length) {
    const character = text.charAt(at)
    switch (character) {
      case '\n':
      case ';':
      case '|':
      case ')':
      case '`':
        break scan
      case '&':
        // A URL without quotes: what bash would cut is meant as its query.
        if (!/[\w=%+.-]/.test(text.charAt(at + 1)) || word === null) break scan
        push('&')
        at += 1
        break
      case ' ':
      case '\t':
        finish()
        at += 1
        break
      case '#':
        if (word === null) {
          const end = text.indexOf('\n', at)
          at = end < 0 ? text.length : end
        } else {
          push('#')
          at += 1
        }
        break
      case '\\':
        if (text.charAt(at + 1) === '\n') at = afterPrompt(text, at + 2)
        else {
          push(text.charAt(at + 1))
          at += 2
        }
        break
      case "'":
      case '"': {
        const { piece, end } = character === "'" ? single(text, at + 1) : double(text, at + 1)
        push(piece)
        isOpen = end < 0
        at = end < 0 ? text.length : end
        break
      }
      case '$':
        if (text.charAt(at + 1) === "'") {
          const { piece, end } = ansi(text, at + 2)
          push(piece)
          isOpen = end < 0
          at = end < 0 ? text.length : end
        } else if (text.charAt(at + 1) === '"') at += 1
        else {
          push('$')
          at += 1
        }
        break
      default: {
        plain.lastIndex = at
        const run = plain.exec(text)?.[0] ?? character
        push(run)
        at += run.length
      }
    }
  }
  finish()
  return { words, end: at, isOpen }
}

const plain = /[^\s;|)`&#\\'"$]+/y

/** Terminals show `> ` where a command goes on. */
function afterPrompt(text: string, at: number): number {
  const prompt = /[ \t]*>[ \t]+/y
  prompt.lastIndex = at
  return prompt.exec(text) === null ? at : prompt.lastIndex
}

interface Quoted {
  readonly piece: string
  /** After the closing quote; -1 when there is none. */
  readonly end: number
}

function single(text: string, from: number): Quoted {
  const end = text.indexOf("'", from)
  return end < 0 ? { piece: text.slice(from), end } : { piece: text.slice(from, end), end: end + 1 }
}

/** Inside double quotes a backslash only escapes `$`, a backtick, `"`, itself and the end of a line. */
function double(text: string, from: number): Quoted {
  const pieces: string[] = []
  const special = /["\\]/g
  let at = from
  for (;;) {
    special.lastIndex = at
    const found = special.exec(text)
    if (found === null) return { piece: pieces.join('') + text.slice(at), end: -1 }
    pieces.push(text.slice(at, found.index))
    if (found[0] === '"') return { piece: pieces.join(''), end: found.index + 1 }
    const next = text.charAt(found.index + 1)
    if (next !== '\n') pieces.push('$`"\\'.includes(next) ? next : `\\${next}`)
    at = found.index + 2
  }
}

const simple: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
}

/** `$'…'`: escapes as in C, which browsers use for whatever is no plain text. */
function ansi(text: string, from: number): Quoted {
  const pieces: string[] = []
  const special = /['\\]/g
  const coded = /x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})/y
  let at = from
  for (;;) {
    special.lastIndex = at
    const found = special.exec(text)
    if (found === null) return { piece: pieces.join('') + text.slice(at), end: -1 }
    pieces.push(text.slice(at, found.index))
    if (found[0] === "'") return { piece: pieces.join(''), end: found.index + 1 }
    coded.lastIndex = found.index + 1
    const code = coded.exec(text)
    if (code === null) {
      const next = text.charAt(found.index + 1)
      pieces.push(simple[next] ?? next)
      at = found.index + 2
    } else {
      const [, byte, short, long, octal] = code
      const point = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '0', 16) : Number.parseInt(octal, 8)
      pieces.push(point > 0x10ffff ? '\uFFFD' : String.fromCodePoint(point))
      at = coded.lastIndex
    }
  }
}
