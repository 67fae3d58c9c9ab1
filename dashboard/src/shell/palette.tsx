import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Cable, Hammer, Moon, Plus, Search, Sun } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { api } from '../api/client.ts'
import { plainText } from '../lib/plain-text.ts'
import { useDebounced } from '../lib/use-debounced.ts'
import { goKeys } from './keys.ts'
import type { Destination } from './navigation.ts'
import { setTheme } from './theme.ts'

interface Item {
  readonly id: string
  readonly label: string
  readonly note?: string
  readonly icon: ReactNode
  readonly keys?: string
  readonly run: () => void
}
interface Group {
  readonly value: string
  readonly items: readonly Item[]
}

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Goes to any page, connection or action by typing a part of its name. */
export default function Palette({
  open,
  onClose,
  destinations,
}: {
  readonly open: boolean
  readonly onClose: () => void
  readonly destinations: readonly Destination[]
}) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const search = useDebounced(text.trim(), 120)
  const found = useQuery({
    queryKey: ['palette', search],
    queryFn: async () => {
      const [connections, tools] = await Promise.all([
        api.connections.list({ search, limit: 6 }),
        api.tools.search({ query: search, limit: 8 }),
      ])
      return { connections: connections.items, tools: tools.items }
    },
    enabled: search !== '',
    placeholderData: (previous) => previous,
  })

  const pages: Item[] = destinations.map(({ to, label, icon: Icon }) => ({
    id: to,
    label,
    icon: <Icon {...icon} />,
    keys: `g ${goKeys.find((go) => go.to === to)?.key ?? ''}`,
    run: () => void navigate({ to }),
  }))
  const commands: Item[] = [
    { id: 'connect', label: 'Connect an API', icon: <Plus {...icon} />, run: () => void navigate({ to: '/catalog' }) },
    { id: 'light', label: 'Light theme', icon: <Sun {...icon} />, run: () => setTheme('light') },
    { id: 'dark', label: 'Dark theme', icon: <Moon {...icon} />, run: () => setTheme('dark') },
    { id: 'system', label: 'Theme of the system', icon: <Sun {...icon} />, run: () => setTheme('system') },
  ]
  const matches = ({ label }: Item) => label.toLowerCase().includes(text.trim().toLowerCase())
  const groups: Group[] = [
    { value: 'Pages', items: pages.filter(matches) },
    { value: 'Commands', items: commands.filter(matches) },
    {
      value: 'Connections',
      items: (search ? (found.data?.connections ?? []) : []).map((connection) => ({
        id: connection.id,
        label: connection.name,
        note: connection.server_url,
        icon: <Cable {...icon} />,
        run: () => void navigate({ to: '/connections/$connectionId', params: { connectionId: connection.id } }),
      })),
    },
    {
      value: 'Actions',
      items: (search ? (found.data?.tools ?? []) : []).map((tool) => ({
        id: tool.tool,
        label: `${tool.connector}.${tool.action}`,
        note: plainText(tool.description),
        icon: <Hammer {...icon} />,
        run: () =>
          void navigate({
            to: '/tools/$connector/$action',
            params: { connector: tool.connector, action: tool.action },
          }),
      })),
    },
  ].filter(({ items }) => items.length > 0)

  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-shade transition-opacity duration-100 data-starting-style:opacity-0" />
        <Dialog.Viewport className="fixed inset-0 z-40 flex items-start justify-center p-3 pt-[max(0.75rem,12dvh)]">
          <Dialog.Popup
            aria-label="Go to anything"
            className="flex max-h-[70dvh] w-full max-w-xl flex-col overflow-hidden rounded-panel border border-line bg-panel shadow-lift outline-none transition duration-100 data-starting-style:-translate-y-1 data-starting-style:opacity-0"
          >
            <Autocomplete.Root
              open
              inline
              items={groups}
              filter={null}
              autoHighlight="always"
              keepHighlight
              value={text}
              onValueChange={setText}
              itemToStringValue={(item: Item) => item.label}
            >
              <div className="flex items-center gap-2.5 border-b border-line px-3.5">
                <Search size={16} className="text-ink-3" aria-hidden />
                <Autocomplete.Input
                  aria-label="Go to"
                  placeholder="A page, a connection, an action…"
                  className="h-11 flex-1 bg-transparent text-lead outline-none"
                />
              </div>
              <Autocomplete.Empty>
                <p className="px-4 py-6 text-center text-ink-3 empty:hidden">Nothing has this in its name.</p>
              </Autocomplete.Empty>
              <Autocomplete.List className="min-h-0 overflow-y-auto overscroll-contain p-1.5 empty:hidden">
                {(group: Group) => (
                  <Autocomplete.Group key={group.value} items={group.items} className="mb-1 last:mb-0">
                    <Autocomplete.GroupLabel className="caption px-2 pt-1.5 pb-1">{group.value}</Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(item: Item) => (
                        <Autocomplete.Item
                          key={item.id}
                          value={item}
                          onClick={() => {
                            onClose()
                            item.run()
                          }}
                          className="flex h-9 items-center gap-2.5 rounded-control px-2 outline-none select-none data-highlighted:bg-hover coarse:h-11"
                        >
                          <span className="text-ink-3">{item.icon}</span>
                          <span className="truncate">{item.label}</span>
                          {item.note && <span className="min-w-0 flex-1 truncate text-small text-ink-3">{item.note}</span>}
                          {item.keys && <kbd className="ml-auto text-micro text-ink-3">{item.keys}</kbd>}
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
