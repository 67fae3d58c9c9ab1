import {
  AppWindow,
  BellRing,
  Blocks,
  Cable,
  CassetteTape,
  FileCog,
  Hammer,
  Handshake,
  KeyRound,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Network,
  ScrollText,
  ShieldCheck,
  Stamp,
  Users,
  Vault,
} from 'lucide-react'
import type { Role } from '../api/types.ts'
import type { GoTarget } from './keys.ts'

export interface Destination {
  readonly to: GoTarget
  readonly label: string
  readonly icon: LucideIcon
  readonly group: 'work' | 'define'
  /** The least role that it is shown to; anybody by default. */
  readonly role?: Role
}

/** The screens, in the order of the navigation. */
export const destinations: readonly Destination[] = [
  { to: '/connections', label: 'Connections', icon: Cable, group: 'work' },
  { to: '/tools', label: 'Tools', icon: Hammer, group: 'work' },
  { to: '/playground', label: 'Playground', icon: MessagesSquare, group: 'work' },
  { to: '/calls', label: 'Calls', icon: ScrollText, group: 'work' },
  { to: '/approvals', label: 'Approvals', icon: Stamp, group: 'work' },
  { to: '/catalog', label: 'Catalog', icon: LayoutGrid, group: 'define' },
  { to: '/connectors', label: 'Connectors', icon: Blocks, group: 'define' },
  { to: '/people', label: 'People', icon: Users, group: 'define' },
  { to: '/toolsets', label: 'Toolsets', icon: ListChecks, group: 'define', role: 'admin' },
  { to: '/tokens', label: 'Tokens', icon: KeyRound, group: 'define', role: 'admin' },
  { to: '/cassettes', label: 'Cassettes', icon: CassetteTape, group: 'define', role: 'manager' },
  { to: '/applications', label: 'Applications', icon: AppWindow, group: 'define' },
  { to: '/networks', label: 'Networks', icon: Network, group: 'define' },
  { to: '/oauth-apps', label: 'OAuth apps', icon: Handshake, group: 'define', role: 'admin' },
  { to: '/secret-backends', label: 'Secret backends', icon: Vault, group: 'define', role: 'admin' },
  { to: '/alerts', label: 'Alerts', icon: BellRing, group: 'define', role: 'admin' },
  { to: '/audit', label: 'Audit log', icon: ShieldCheck, group: 'define', role: 'admin' },
  { to: '/configuration', label: 'Configuration', icon: FileCog, group: 'define', role: 'admin' },
]
