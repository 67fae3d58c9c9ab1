/** Texts as words that can be compared: `listPullRequests` and "pull requests" share `pull` and `request`. */

/** Words of a request that say nothing about what is wanted. */
const stopWords = new Set(
  `a an the this that these those of to for in on at by from with into onto about as is are was be been being am do does did done
  i me my mine we us our you your he him his she her it its they them their and or but not no so than then there here how what
  which whose where when why can could should would will shall may might must want need like please let lets give tell
  help try using use via if some any each just also one ones thing things have has had get gets got getting go goes
  out up off over under again now right currently already yet still really very much more most`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** What a word does to a thing, in the five ways of HTTP APIs. */
export type Deed = 'create' | 'list' | 'read' | 'update' | 'delete'
const deedWords: Readonly<Record<Deed, string>> = {
  create:
    'create add new make post insert register open start launch generate build write upload put schedule book give send invite',
  list: 'list all every search find query browse index many which what who where when my how everybody everyone lookup enumerate',
  read: 'get read show fetch retrieve view see look check describe download info information detail display what how who when is',
  update: 'update edit change modify rename patch replace set adjust correct fix move put mark turn',
  delete: 'delete remove destroy drop erase cancel revoke clear purge trash unlink kill kick end stop',
}
/** Verbs that nearly every API has: the deed says what they mean, so the words themselves say little. */
const commonVerbs = new Set(
  'create add new make insert get read show fetch retrieve view see list all every find update edit change set put delete remove look check give'
    .split(' ')
    .map(stem),
)
export const isCommonVerb = (root: string): boolean => commonVerbs.has(root)

/** Turns of speech whose words mean something else one by one. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/\b(?:throw|get|bin|take|toss)\w*\b(?=.*\b(?:away|rid of|in the bin|off)\b)/, 'delete remove'],
  [/\bthrow\w*\b(?=.*\bout\b)/, 'remove kick'],
  [/\b(?:call|calling) off\b/, 'cancel'],
  [/\b(?:take|taking|get|getting|give|giving) (?:\w+ ){0,4}back\b/, 'restore undo revert refund delete'],
  [/\bback up\b/, 'backup snapshot'],
  [/\bhang up\b/, 'end hangup'],
  [/\bsign (?:\w+ )?up\b/, 'register subscribe create'],
  [/\btick(?:ed|ing)? (?:\w+ )?off\b/, 'complete update state'],
  [/\b(?:look|looking|search|searching) for\b/, 'search find'],
  [/\b(?:turn|switch) (?:\w+ )?(?:up|down)\b/, 'set volume level'],
  [/\b(?:turn|switch) (?:\w+ )?(?:on|off)\b/, 'enable disable'],
  [/\bget rid of\b/, 'delete remove'],
  [/\bhook up\b/, 'connect webhook'],
  [/\bset up\b/, 'create setup'],
  [/\bpass(?:es|ed|ing)? (?:\w+ )?on\b/, 'forward'],
  [/\blet (?:\w+ ){1,3}(?:into|in)\b/, 'invite share access'],
  [/\b(?:try|trying) (?:\w+ ){0,4}again\b/, 'retry'],
  [/\bonce more\b|\bone more time\b/, 'again retry'],
  [/\bputt?(?:ing)? (?:\w+ ){1,4}(?:on|onto|in|into)\b/, 'add'],
  [/\bprs?\b/, 'pull request'],
  [/\bdbs?\b/, 'database'],
  [/\bhow much\b/, 'amount balance'],
  [/\bon hold\b/, 'pause suspend'],
  [/\bfor good\b|\bforever\b/, 'permanent'],
  [/\bright now\b|\bat the moment\b/, 'current'],
]

/** A request with the meaning of its turns of speech before it. */
export function spelledOut(request: string): string {
  const lower = request.toLowerCase()
  const meanings = phrases.flatMap(([phrase, meaning]) => (phrase.test(lower) ? [meaning] : []))
  return [...meanings, request].join(' ')
}

/** Words that people and documents use for each other. */
const synonyms: readonly string[] = [
  'delete remove destroy erase drop forget',
  'create add new insert make register',
  'update edit modify change patch',
  'list enumerate browse all',
  'get read fetch retrieve show view',
  'search find query lookup',
  'cancel terminate stop abort end',
  'start launch run trigger begin execute boot dispatch',
  'restart reboot rerun retry',
  'send post publish deliver',
  'say tell write comment message post',
  'ask request',
  'pause stop suspend hold disable',
  'resume unpause enable activate',
  'undo revert restore rollback',
  'copy duplicate clone fork',
  'invite invitation bring',
  'kick ban expel remove evict',
  'block deny firewall',
  'merge accept',
  'star like favorite favourite save',
  'follow subscribe watch',
  'archive hide close',
  'listen play hear',
  'suggest recommend propose',
  'schedule later plan',
  'complete done finish finished close resolve',
  'picture image photo avatar icon thumbnail',
  'movie film video',
  'song track music',
  'singer band artist musician',
  'speaker device',
  'show episode podcast',
  'customer client buyer shopper',
  'person people user member contact',
  'who someone somebody everyone everybody anyone user member people participant',
  'colleague coworker employee teammate user member reviewer collaborator',
  'company organization organisation org business',
  'team group crew',
  'mail email message',
  'sms text message',
  'bill invoice',
  'owe balance due debt',
  'money balance fund payment',
  'pay payment charge transaction',
  'plan subscription recurring membership',
  'refund reimburse',
  'price cost rate amount fee',
  'product item article good',
  'order purchase checkout',
  'contest dispute chargeback',
  'repository repo',
  'ticket issue case bug problem',
  'folder directory',
  'file document attachment',
  'comment note remark reply',
  'task todo card job',
  'column list section',
  'server machine droplet instance vm host virtual',
  'disk volume storage',
  'meeting event appointment',
  'call phone dial ring',
  'address location place region where',
  'label tag',
  'key token credential secret',
  'webhook hook callback subscription',
  'history log audit activity event',
  'recent lately latest last recently new',
  'now current currently today present',
  'statistic stat metric analytics report usage',
  'permission access right role acl',
  'notification alert dnd snooze',
  'emoji reaction thumb',
  'online presence available active',
  'about topic purpose subject',
  'related similar alike',
  'top best popular',
  'next upcoming future',
  'domain dns',
  'channel conversation room',
  'build pipeline job run deployment',
  'deploy deployment release',
  'traffic load balancer',
  'password credential',
  'happen event activity audit',
  'belong member membership join',
  'sell product price',
  'old older previous version history revision',
  'version revision release',
  'share link collaboration permission',
  'collaborator collaboration coworker',
  'work task assignment assign',
  'assign assignee owner responsible',
  'due deadline date',
  'typo edit update',
  'talk call chat conversation',
  'chat message conversation',
  'letter mail message',
  'inbox mailbox thread',
  'trash bin rubbish',
  'junk spam',
  'reply respond answer',
  'attach attachment',
  'attach connect link join',
  'detach disconnect unlink',
  'leave quit exit',
  'join enter participate',
  'free busy available availability',
  'attendee guest participant invitee registrant',
  'remind reminder alarm',
  'calendar agenda',
  'recording record',
  'phone number telephone mobile',
  'buy purchase order provision',
  'diff compare difference change',
  'branch ref',
  'commit change revision',
  'subtask child',
  'milestone sprint iteration epic',
  'login signin session authenticate',
  'logout signout session revoke',
  'approve accept confirm',
  'reject deny decline refuse',
  'size type flavor capacity big large',
  'internet public ip network',
  'firewall port rule',
  'certificate ssl tls',
  'variable secret environment env',
  'setting preference config configuration option',
  'profile account user me',
  'name title',
  'country region location',
  'ship shipping delivery fulfillment',
  'stock inventory quantity',
  'cart basket checkout',
  'coupon discount promotion promo voucher',
  'subscriber audience contact recipient member',
  'campaign newsletter mailing',
  'survey form poll questionnaire',
  'export download',
  'import upload',
  'upload attach',
  'mute silence snooze dnd',
  'lock protect freeze',
  'private hide restrict',
  'publish release',
  'duplicate copy',
  'sort order reorder position',
  'move transfer',
  'replace swap exchange',
  'test try validate verify check',
  'status state health progress',
  'error failure fail',
  'wait pending open outstanding queue',
  'count number total',
  'limit quota usage',
  'backup snapshot',
  'restore recover undelete untrash',
  'website site page',
  'article blog post',
  'wiki page document',
]

/** What is left of a word without its endings: not a word, but the same for all its forms. */
export function stem(word: string): string {
  let root = word
  if (root.length > 4 && root.endsWith('ies')) root = `${root.slice(0, -3)}y`
  else if (root.length > 2 && root.endsWith('s') && !/(?:ss|us|is)$/.test(root)) root = root.slice(0, -1)
  if (root.length > 8 && root.endsWith('ation')) root = root.slice(0, -5)
  else if (root.length > 7 && root.endsWith('ment')) root = root.slice(0, -4)
  else if (root.length > 7 && /t[oe]r$/.test(root)) root = root.slice(0, -2)
  if (root.length > 5 && root.endsWith('ing')) root = root.slice(0, -3)
  else if (root.length > 4 && root.endsWith('ed')) root = root.slice(0, -2)
  if (root.length > 4 && /([bdfglmnprtz])\1$/.test(root) && !/(?:ll|ss)$/.test(word)) root = root.slice(0, -1)
  if (root.length > 3 && root.endsWith('e')) root = root.slice(0, -1)
  if (root.length > 3 && /(?:[xs]|ch|sh)e$/.test(root)) root = root.slice(0, -1)
  return root
}

const beyondAscii = /[^\t\n\r -~]/
const wordPattern = /\p{L}+|\d+/gu
const asciiPattern = /[a-z]+|\d+/g

/** The words of a name or a text, in order, as written but in lower case. */
export function wordsOf(text: string): string[] {
  if (!beyondAscii.test(text)) {
    // "PRs" are several of one word.
    const split = /[a-z\d][A-Z]|[A-Z][A-Z](?!s\b)[a-z]/.test(text)
      ? text.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z](?!s\b)[a-z])/g, '$1 $2')
      : text
    return split.toLowerCase().match(asciiPattern) ?? []
  }
  return (
    text
      .normalize('NFKD')
      .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
      .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .match(wordPattern) ?? []
  )
}

const known = new Map<string, string>()
/** {@link stem} with the words of APIs, which are few, kept. */
export function stemOf(word: string): string {
  let root = known.get(word)
  if (root === undefined) {
    root = stem(word)
    if (known.size > 50_000) known.clear()
    known.set(word, root)
  }
  return root
}

export const isStopWord = (word: string): boolean => stopWords.has(word)

const related = new Map<string, Set<string>>()
for (const group of synonyms) {
  const roots = group.split(' ').map(stem)
  for (const root of roots) {
    const others = related.get(root) ?? new Set()
    for (const other of roots) if (other !== root) others.add(other)
    related.set(root, others)
  }
}
export const synonymsOf = (root: string): ReadonlySet<string> => related.get(root) ?? new Set()

const deeds = new Map<string, Set<Deed>>()
for (const [deed, words] of Object.entries(deedWords) as [Deed, string][]) {
  for (const word of words.split(' ')) deeds.set(stem(word), (deeds.get(stem(word)) ?? new Set()).add(deed))
}
export const deedsOf = (root: string): ReadonlySet<Deed> => deeds.get(root) ?? new Set()
