import { useState } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { TabPanel, Tabs } from '../../ui/tabs.tsx'

/** What clients need, ready to paste. The address is the one the reader sees the dashboard at. */
const snippets = (origin: string, token: string, toolset: string | undefined) =>
  [
    {
      value: 'mcp',
      label: 'MCP client',
      text: JSON.stringify(
        {
          mcpServers: {
            sallyport: {
              type: 'http',
              url: `${origin}/mcp${toolset === undefined ? '' : `/${toolset}`}`,
              headers: { Authorization: `Bearer ${token}` },
            },
          },
        },
        null,
        2,
      ),
    },
    {
      value: 'cli',
      label: 'Command line',
      text: `export SALLYPORT_URL=${origin}\nexport SALLYPORT_TOKEN=${token}\nsallyport tools`,
    },
    {
      value: 'sdk',
      label: 'TypeScript',
      text: `import { Sallyport } from '@sallyport/sdk'\n\nconst sallyport = new Sallyport({ url: '${origin}', token: process.env.SALLYPORT_TOKEN })\nconsole.log(await sallyport.custom.list())`,
    },
    { value: 'curl', label: 'curl', text: `curl ${origin}/api/v1/tools -H 'Authorization: Bearer ${token}'` },
  ] as const

type Kind = ReturnType<typeof snippets>[number]['value']

export function TokenSnippets({ token, toolset }: { readonly token: string; readonly toolset?: string | undefined }) {
  const [kind, setKind] = useState<Kind>('mcp')
  const all = snippets(location.origin, token, toolset)
  return (
    <Tabs<Kind> value={kind} onChange={setKind} tabs={all}>
      {all.map(({ value, label, text }) => (
        <TabPanel key={value} value={value} className="relative pt-3">
          <pre className="max-h-60 overflow-auto rounded-panel border border-line bg-sunken p-3 pr-12 text-small">{text}</pre>
          <span className="absolute top-4 right-1.5">
            <CopyButton value={text} label={`Copy for ${label}`} />
          </span>
        </TabPanel>
      ))}
    </Tabs>
  )
}
