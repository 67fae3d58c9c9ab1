import { Plus, X } from 'lucide-react'
import type { AuthScheme } from '../../lib/connector-document.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Checkbox, Select } from '../../ui/choice.tsx'
import { Field, Input, TextField } from '../../ui/field.tsx'

/** Those that a person makes here; one made of several comes with a document only. */
/** Those that can be described here; the others come with a document. */
const madeTypes = ['none', 'api_key', 'bearer', 'basic', 'headers', 'mtls'] as const
export type MadeScheme = (typeof madeTypes)[number]
export const isMade = (type: AuthScheme['type']): type is MadeScheme => madeTypes.some((made) => made === type)

export const schemeTypes: readonly { readonly value: MadeScheme; readonly label: string; readonly hint: string }[] = [
  { value: 'none', label: 'None', hint: 'A public API.' },
  { value: 'api_key', label: 'API key', hint: 'In a header, a query parameter, a cookie, the body or the path.' },
  { value: 'bearer', label: 'Bearer token', hint: 'Authorization: Bearer …' },
  { value: 'basic', label: 'Basic', hint: 'User name and password.' },
  { value: 'headers', label: 'Custom headers', hint: 'Several headers, secret or fixed.' },
  { value: 'mtls', label: 'Client certificate', hint: 'TLS with a certificate of your own (mTLS).' },
]

export function blankScheme(type: MadeScheme): AuthScheme {
  switch (type) {
    case 'none':
    case 'bearer':
    case 'basic':
    case 'mtls':
      return { type }
    case 'api_key':
      return { type, in: 'header', name: 'X-API-Key' }
    case 'headers':
      return { type, headers: [{ name: '' }] }
  }
}

const places = [
  { value: 'header', label: 'Header' },
  { value: 'query', label: 'Query parameter' },
  { value: 'cookie', label: 'Cookie' },
  { value: 'body', label: 'Field of the body' },
  { value: 'path', label: 'Path: {{auth.name}}' },
] as const

/** The details of a scheme that the document did not bring: names and places, never the secret itself. */
export function SchemeEditor({
  scheme,
  onChange,
}: {
  readonly scheme: AuthScheme
  readonly onChange: (scheme: AuthScheme) => void
}) {
  switch (scheme.type) {
    case 'none':
    case 'basic':
    case 'digest':
    case 'bearer':
    case 'mtls':
    case 'oauth2':
    case 'mcp_oauth':
    case 'conn_string':
    case 'two_step':
    case 'session':
    case 'oauth1':
    case 'aws_sigv4':
    case 'hmac':
    case 'all':
      return null
    case 'api_key': {
      const place = scheme.in ?? 'header'
      const { prefix: _, ...bare } = scheme
      return (
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Sent in">
            <Select<typeof place> value={place} onChange={(next) => onChange({ ...scheme, in: next })} options={places} />
          </Field>
          <TextField
            label={place === 'header' ? 'Header name' : 'Name'}
            mono
            required
            value={scheme.name}
            onValueChange={(name) => onChange({ ...scheme, name })}
          />
          <TextField
            label="Prefix"
            optional
            mono
            value={scheme.prefix ?? ''}
            placeholder="ApiKey "
            onValueChange={(prefix) => onChange(prefix ? { ...bare, prefix } : bare)}
          />
        </div>
      )
    }
    case 'headers':
      return <HeadersEditor scheme={scheme} onChange={onChange} />
  }
}

type HeadersScheme = Extract<AuthScheme, { type: 'headers' }>

function HeadersEditor({
  scheme,
  onChange,
}: {
  readonly scheme: HeadersScheme
  readonly onChange: (scheme: AuthScheme) => void
}) {
  const { headers } = scheme
  const set = (index: number, header: HeadersScheme['headers'][number]) =>
    onChange({ ...scheme, headers: headers.map((old, at) => (at === index ? header : old)) })
  return (
    <div className="space-y-2">
      {headers.map((header, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end and hold no state of their own
        <div key={index} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-2">
          <Input
            mono
            aria-label={`Name of header ${index + 1}`}
            placeholder="X-Custom-Auth"
            value={header.name}
            onValueChange={(name) => set(index, { ...header, name })}
          />
          {header.value === undefined ? (
            <Checkbox label="secret, asked below" checked onChange={() => set(index, { name: header.name, value: '' })} />
          ) : (
            <div className="flex items-center gap-2">
              <Input
                mono
                aria-label={`Fixed value of header ${index + 1}`}
                placeholder="tenant_123"
                value={header.value}
                onValueChange={(value) => set(index, { ...header, value })}
              />
              <Checkbox label="secret" checked={false} onChange={() => set(index, { name: header.name })} />
            </div>
          )}
          <IconButton
            size="small"
            label={`Remove header ${index + 1}`}
            disabled={headers.length === 1}
            onClick={() => onChange({ ...scheme, headers: headers.filter((_, at) => at !== index) })}
          >
            <X size={14} />
          </IconButton>
        </div>
      ))}
      <Button size="small" icon={<Plus size={13} />} onClick={() => onChange({ ...scheme, headers: [...headers, { name: '' }] })}>
        Add a header
      </Button>
    </div>
  )
}
