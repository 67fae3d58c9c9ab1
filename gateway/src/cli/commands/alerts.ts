import type { Schemas } from '@sallyport/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { when } from '../text.ts'
import { parseInstant } from '../values.ts'

type Rule = Schemas['AlertRule']
const kinds = [
  'connection_failing',
  'error_rate',
  'latency',
  'credential_expiring',
  'limit_hit',
  'approval_pending',
] as const satisfies readonly Rule['kind'][]
const severities = ['info', 'warning', 'error', 'critical'] as const
const groups = ['workspace', 'connector', 'connection'] as const
const states = ['pending', 'firing', 'resolved'] as const

const rounded = (value: number) => String(Math.round(value * 10) / 10)

async function list({ state }: { state?: (typeof states)[number] }, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().alerts.list(state === undefined ? {} : { state })
  out.answer(page, () => {
    const rows = page.items.map(({ id, rule, label, state, value, since, silenced }) => [
      ...[id, silenced === null ? state : `${state}, silenced`, rule.name, label, rounded(value), when(since)],
    ])
    out.table(['id', 'state', 'rule', 'of', 'value', 'since'], rows, 'No alert has fired.')
  })
}

async function show(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const alert = await connectToGateway().alerts.get(id)
  out.answer(alert, () => {
    const { rule, label, state, value, threshold, examples, silenced } = alert
    out.line(`${state}: ${rule.name}, ${label}: ${rounded(value)} of ${rounded(threshold)} ${examples.join(', ')}`)
    if (silenced !== null) out.line(`Nobody is told: ${silenced}`)
    const rows = alert.deliveries.map(({ event, channel, attempts, delivered_at, due_at, last_error }) => [
      ...[event, channel, String(attempts)],
      delivered_at !== null ? `told ${when(delivered_at)}` : due_at !== null ? `due ${when(due_at)}` : 'given up',
      last_error ?? '',
    ])
    out.table(['event', 'channel', 'attempts', 'end', 'problem'], rows, 'Nobody was told.')
  })
}

async function rules(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().alerts.rules()
  out.answer(page, () => {
    const rows = page.items.map(({ id, name, kind, threshold, firing, enabled, problem }) => [
      ...[id, name, kind, rounded(threshold), enabled ? String(firing) : 'off', problem ?? ''],
    ])
    out.table(['id', 'name', 'kind', 'threshold', 'firing', 'problem'], rows, 'Nothing is watched yet.')
  })
}

interface RuleOptions {
  readonly name?: string
  readonly connector?: string
  readonly connection?: string
  readonly per?: (typeof groups)[number]
  readonly threshold?: number
  readonly clearBelow?: number
  readonly window?: number
  readonly minCalls?: number
  readonly for?: number
  readonly clearFor?: number
  readonly severity?: (typeof severities)[number]
  readonly channel?: string[]
  readonly off?: true
  readonly on?: true
}

const fieldsOf = (given: RuleOptions) => ({
  ...(given.connector !== undefined && { connector: given.connector }),
  ...(given.connection !== undefined && { connection: given.connection }),
  ...(given.per !== undefined && { group_by: given.per }),
  ...(given.threshold !== undefined && { threshold: given.threshold }),
  ...(given.clearBelow !== undefined && { clear_below: given.clearBelow }),
  ...(given.window !== undefined && { window_minutes: given.window }),
  ...(given.minCalls !== undefined && { min_calls: given.minCalls }),
  ...(given.for !== undefined && { for_minutes: given.for }),
  ...(given.clearFor !== undefined && { clear_for_minutes: given.clearFor }),
  ...(given.severity !== undefined && { severity: given.severity }),
  ...(given.channel !== undefined && { channels: given.channel }),
  ...(given.off && { enabled: false }),
  ...(given.on && { enabled: true }),
})

async function add(name: string, options: RuleOptions & { kind: (typeof kinds)[number] }, command: Command): Promise<void> {
  const out = outputOf(command)
  const rule = await connectToGateway().alerts.createRule({ name, kind: options.kind, ...fieldsOf(options) })
  out.answer(rule, () => out.line(`Added ${rule.id}. Try it: sallyport alerts test ${rule.id}`))
}

async function change(id: string, options: RuleOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const named = options.name === undefined ? {} : { name: options.name }
  const rule = await connectToGateway().alerts.updateRule(id, { ...named, ...fieldsOf(options) })
  out.answer(rule, () => out.line(`Changed ${rule.name}.`))
}

async function test(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const { readings, deliveries } = await connectToGateway().alerts.testRule(id)
  out.answer({ readings, deliveries }, () => {
    const measured = readings.map(({ label, value, breaching }) => [
      label || 'all',
      rounded(value),
      breaching ? 'fires' : 'is fine',
    ])
    out.table(['of', 'value', 'which'], measured, 'There is nothing to measure at present.')
    const told = deliveries.map(({ channel, error }) => [channel, error ?? 'arrived'])
    out.table(['channel', 'test message'], told, 'It tells no channel.')
  })
}

async function remove(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().alerts.deleteRule(id)
  out.answer({ id }, () => out.line('It is watched no more.'))
}

async function silence(
  until: string,
  { reason, rule, subject }: { reason: string; rule?: string; subject?: string },
  command: Command,
): Promise<void> {
  const out = outputOf(command)
  const scope = { ...(rule !== undefined && { rule }), ...(subject !== undefined && { subject }) }
  const made = await connectToGateway().alerts.silence({ reason, until: parseInstant(until, 'The end', 1), ...scope })
  out.answer(made, () => out.line(`Nobody is told until ${made.until}. To end it: sallyport alerts unsilence ${made.id}`))
}

async function silences(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().alerts.silences()
  out.answer(page, () => {
    const rows = page.items.map(({ id, rule, subject, reason, by, until }) => [
      ...[id, rule ?? 'all rules', subject ?? 'all', reason, by.name, until],
    ])
    out.table(['id', 'rule', 'of', 'why', 'by', 'until'], rows, 'People are told of every alert.')
  })
}

async function unsilence(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().alerts.endSilence(id)
  out.answer({ id }, () => out.line('People are told again.'))
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

const withRuleOptions = (command: Command) =>
  command
    .option('--connector <id>', 'only of this connector')
    .option('--connection <id>', 'only of this connection')
    .addOption(new Option('--per <group>', 'one alert for each of these').choices(groups))
    .option('--threshold <value>', 'fires at this value', number)
    .option('--clear-below <value>', 'clears below this value', number)
    .option('--window <minutes>', 'how far it looks', number)
    .option('--min-calls <count>', 'fewer calls say nothing', number)
    .option('--for <minutes>', 'how long it has to be so before it fires', number)
    .option('--clear-for <minutes>', 'how long it has to be over before it clears', number)
    .addOption(new Option('--severity <severity>', 'how grave it is').choices(severities))
    .option('--channel <ids...>', 'notification channels that are told')

export function registerAlerts(program: Command): void {
  const alerts = program.command('alerts').description('what is watched, what fires, and who is told')
  alerts
    .command('list')
    .description('list what fires and has fired')
    .addOption(new Option('--state <state>', 'only these').choices(states))
    .action(list)
  alerts.command('show').description('show an alert, and who was told').argument('<id>', 'id of the alert').action(show)
  alerts.command('rules').description('list what is watched').action(rules)
  withRuleOptions(
    alerts
      .command('add')
      .description('watch something')
      .argument('<name>', 'name of the rule')
      .addOption(new Option('--kind <kind>', 'what is watched').choices(kinds).makeOptionMandatory()),
  ).action(add)
  withRuleOptions(alerts.command('update').description('change a rule').argument('<id>', 'id of the rule'))
    .option('--name <name>', 'what people see')
    .option('--off', 'watch it no more for a while')
    .option('--on', 'watch it again')
    .action(change)
  alerts.command('test').description('measure now, and try its channels').argument('<id>', 'id of the rule').action(test)
  alerts.command('remove').description('watch it no more').argument('<id>', 'id of the rule').action(remove)
  alerts
    .command('silence')
    .description('tell nobody until a time')
    .argument('<until>', 'a date, or a span such as 2h')
    .requiredOption('--reason <text>', 'why')
    .option('--rule <id>', 'only of this rule')
    .option('--subject <id>', 'only of this connector or connection')
    .action(silence)
  alerts.command('silences').description('list the silences').action(silences)
  alerts.command('unsilence').description('tell people again').argument('<id>', 'id of the silence').action(unsilence)
}
