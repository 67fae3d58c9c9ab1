import { useQueryClient } from '@tanstack/react-query'
import { Check, Keyboard, LogOut, Monitor, Moon, Sun } from 'lucide-react'
import type { ReactElement } from 'react'
import { api } from '../api/client.ts'
import type { SessionCaller } from '../api/types.ts'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { setTheme, type ThemeChoice, useThemeChoice } from './theme.ts'

const themes: readonly { readonly value: ThemeChoice; readonly label: string; readonly Icon: typeof Sun }[] = [
  { value: 'system', label: 'Theme of the system', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
]

interface AccountMenuProps {
  readonly caller: SessionCaller
  readonly trigger: ReactElement
  readonly onHelp: () => void
  /** What stands above the account's own entries: on a phone, the screens without a tab. */
  readonly first?: readonly (MenuEntry | null)[]
}

/** Who is signed in, the theme, the keys, and the way out. */
export function AccountMenu({ caller, trigger, onHelp, first = [] }: AccountMenuProps) {
  const client = useQueryClient()
  const theme = useThemeChoice()
  const signOut = async () => {
    await api.session.signOut()
    client.clear()
    await client.invalidateQueries({ queryKey: ['session'] })
    location.assign('/')
  }
  return (
    <Menu
      side="top"
      trigger={trigger}
      header={
        <>
          <div className="font-medium">{caller.name}</div>
          <div className="text-small text-ink-3">
            {caller.email ?? caller.kind} · {caller.role}
          </div>
        </>
      }
      entries={[
        ...first,
        ...themes.map(({ value, label, Icon }) => ({
          label,
          icon: theme === value ? <Check size={14} /> : <Icon size={14} />,
          onSelect: () => setTheme(value),
        })),
        null,
        { label: 'Keyboard shortcuts', icon: <Keyboard size={14} />, onSelect: onHelp },
        { label: 'Sign out', icon: <LogOut size={14} />, onSelect: () => void signOut() },
      ]}
    />
  )
}
