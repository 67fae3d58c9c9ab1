import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { listActions } from '../../lib/connector-actions.ts'
import { asConnectorDocument, type ConnectorDocument, isSlug } from '../../lib/connector-document.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Panel } from '../../ui/page.tsx'
import { ErrorNotice } from '../../ui/states.tsx'
import { EffectMark } from '../../ui/status.tsx'
import { say } from '../../ui/toast.tsx'
import { useMay } from '../session/session.ts'
import { McpSignIn, signInOf } from './mcp-sign-in.tsx'

type Transport = 'http' | 'sse'

interface Asked {
  readonly kind: 'mcp'
  readonly url?: string
  readonly transport?: Transport
  readonly token?: string
  readonly program?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly trust_annotations: boolean
  /** One that is there already, whose connection lists the tools. */
  readonly connector?: string
}

const address = ''

/** An MCP server, by its address or as a program: its tools are listed, and those that are chosen become a connector. */
export function McpServer() {
  const programs = useQuery(queries.session()).data?.programs ?? []
  const [program, setProgram] = useState(address)
  const variables = programs.find(({ name }) => name === program)?.variables ?? []
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [url, setUrl] = useState('')
  const [transport, setTransport] = useState<Transport>('http')
  const [token, setToken] = useState('')
  const [trusted, setTrusted] = useState(false)
  const list = useMutation({
    mutationFn: async (asked: Asked) => {
      const { document, report } = await api.connectors.parse(asked)
      return { asked, document: asConnectorDocument(document), left: report?.entries ?? [] }
    },
  })
  const tried = list.variables
  const signInAt = signInOf(list.error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const common = { kind: 'mcp', trust_annotations: trusted } as const
    if (program !== address) {
      const entered = variables.flatMap(({ name }) => (values[name]?.trim() ? [[name, values[name].trim()] as const] : []))
      list.mutate({ ...common, program, ...(entered.length > 0 && { variables: Object.fromEntries(entered) }) })
      return
    }
    const asked = { ...common, url: url.trim(), transport }
    list.mutate(token.trim() ? { ...asked, token: token.trim() } : asked)
  }
  return (
    <div className="max-w-3xl space-y-5">
      <form onSubmit={submit} className="space-y-4">
        {programs.length > 0 && (
          <Field label="Where it runs">
            <Select
              value={program}
              onChange={(next) => {
                setProgram(next)
                setValues({})
              }}
              options={[
                { value: address, label: 'At an address' },
                ...programs.map(({ name }) => ({ value: name, label: `Program on the gateway: ${name}` })),
              ]}
            />
          </Field>
        )}
        {program === address ? (
          <>
            <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_14rem]">
              <TextField
                label="Address of the MCP server"
                mono
                inputMode="url"
                placeholder="https://mcp.example.com/mcp"
                value={url}
                onValueChange={setUrl}
              />
              <Field label="Transport">
                <Select
                  value={transport}
                  onChange={setTransport}
                  options={[
                    { value: 'http', label: 'Streamable HTTP' },
                    { value: 'sse', label: 'SSE, of old servers' },
                  ]}
                />
              </Field>
            </div>
            <TextField
              label="Token"
              optional
              type="password"
              autoComplete="off"
              value={token}
              onValueChange={setToken}
              hint="Only to list the tools, where the server wants one. It is not stored: the connection asks for its own."
            />
          </>
        ) : (
          variables.map(({ name, secret, description }) => (
            <TextField
              key={name}
              label={name}
              mono
              optional
              type={secret ? 'password' : 'text'}
              autoComplete="off"
              value={values[name] ?? ''}
              onValueChange={(value) => setValues({ ...values, [name]: value })}
              hint={`${description ? `${description} ` : ''}Only to list the tools, where the program needs it. It is not stored.`}
            />
          ))
        )}
        <Checkbox
          checked={trusted}
          onChange={setTrusted}
          label="Believe the server which of its tools only read"
          hint="Otherwise all of them count as writes."
        />
        <Button
          look={list.data ? 'plain' : 'primary'}
          type="submit"
          busy={list.isPending}
          disabled={program === address && !url.trim()}
        >
          List its tools
        </Button>
      </form>
      {signInAt !== null && tried?.url !== undefined ? (
        <McpSignIn
          key={tried.url}
          url={tried.url}
          transport={tried.transport}
          trusted={tried.trust_annotations}
          at={signInAt}
          onSignedIn={(connector) => list.mutate({ ...tried, connector })}
        />
      ) : (
        <ErrorNotice error={list.error} />
      )}
      {list.data && <Tools key={list.submittedAt} {...list.data} />}
    </div>
  )
}

interface ToolsProps {
  readonly asked: Asked
  readonly document: ConnectorDocument
  /** What was not taken, and what was changed. */
  readonly left: readonly { readonly message: string }[]
}

function Tools({ asked, document, left }: ToolsProps) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const mayDefine = useMay('admin')
  const tools = listActions(document)
  const { connector: stored } = asked
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(tools.map(({ name }) => name)))
  const [name, setName] = useState(document.name)
  const [slug, setSlug] = useState(document.connector)
  const create = useMutation({
    mutationFn: () =>
      stored === undefined
        ? api.connectors.create({ ...asked, name, connector: slug, select: [...chosen] })
        : api.connectors.reimport(stored, { source: { name, select: [...chosen] } }),
    onSuccess: async ({ id, actions }) => {
      const count = plural(actions.length, 'tool')
      say(
        `${name} added`,
        stored === undefined ? `${count}. Connect an account of it to use them.` : `${count}, ready for agents.`,
      )
      await client.invalidateQueries({ queryKey: ['connectors'] })
      if (stored === undefined) await navigate({ to: '/connect', search: { connector: id } })
      else await navigate({ to: '/connections', search: { connector: id } })
    },
  })
  const choose = (tool: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(tool)
    else next.delete(tool)
    setChosen(next)
  }
  return (
    <section aria-label={`Tools of ${document.name}`} className="space-y-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Name" value={name} onValueChange={setName} />
        {stored === undefined && (
          <TextField
            label="Id"
            mono
            value={slug}
            onValueChange={setSlug}
            error={isSlug(slug) ? undefined : 'Small letters, digits, _ and -, beginning with a letter.'}
          />
        )}
      </div>
      <Panel
        title="Tools"
        aside={
          <span className="tabular">
            {formatCount(chosen.size)} of {formatCount(tools.length)} chosen
          </span>
        }
        flush
      >
        <div className="border-b border-line px-4 py-2">
          <Checkbox
            label="All of them"
            checked={chosen.size === tools.length}
            indeterminate={chosen.size > 0 && chosen.size < tools.length}
            onChange={(on) => setChosen(new Set(on ? tools.map(({ name }) => name) : []))}
          />
        </div>
        <ul className="max-h-[50dvh] overflow-y-auto" aria-label="Tools of the server">
          {tools.map(({ name, title, description, effect }) => (
            <li key={name} className="relative flex items-center gap-3 border-b border-line px-4 py-2 last:border-0">
              <Checkbox bare row label={`Choose ${name}`} checked={chosen.has(name)} onChange={(on) => choose(name, on)} />
              <span className="min-w-0 flex-1">
                <span className="block truncate">{title || <code>{name}</code>}</span>
                <span className="block truncate text-small text-ink-2" title={description}>
                  {description || 'The server does not say what it does.'}
                </span>
              </span>
              <EffectMark effect={effect} />
            </li>
          ))}
        </ul>
      </Panel>
      {left.length > 0 && (
        <details className="text-small text-ink-2">
          <summary>{plural(left.length, 'note')} on what was left out or changed</summary>
          <ul className="mt-1.5 space-y-0.5">
            {left.slice(0, 50).map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </details>
      )}
      <ErrorNotice error={create.error} />
      {mayDefine ? (
        <Button
          look="primary"
          busy={create.isPending}
          disabled={chosen.size === 0 || !isSlug(slug) || !name.trim()}
          onClick={() => create.mutate()}
        >
          {stored === undefined ? 'Create and connect' : 'Take these tools'}
          <ArrowRight size={14} aria-hidden />
        </Button>
      ) : (
        <p className="text-ink-2">Adding a connector takes an administrator.</p>
      )}
    </section>
  )
}
