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

/** Groups below the first, with their headings. */
export const groups = { build: 'Build', access: 'Access', operate: 'Operate' } as const
type Group = 'work' | keyof typeof groups

export interface Destination {
  readonly to: GoTarget
  readonly label: string
  readonly icon: LucideIcon
  readonly group: Group
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
  { to: '/catalog', label: 'Catalog', icon: LayoutGrid, group: 'build' },
  { to: '/connectors', label: 'Connectors', icon: Blocks, group: 'build' },
  { to: '/toolsets', label: 'Toolsets', icon: ListChecks, group: 'build', role: 'admin' },
  { to: '/cassettes', label: 'Cassettes', icon: CassetteTape, group: 'build', role: 'manager' },
  { to: '/people', label: 'People', icon: Users, group: 'access' },
  { to: '/tokens', label: 'Tokens', icon: KeyRound, group: 'access', role: 'admin' },
  { to: '/applications', label: 'Applications', icon: AppWindow, group: 'access' },
  { to: '/oauth-apps', label: 'OAuth apps', icon: Handshake, group: 'access', role: 'admin' },
  { to: '/networks', label: 'Networks', icon: Network, group: 'operate' },
  { to: '/secret-backends', label: 'Secret backends', icon: Vault, group: 'operate', role: 'admin' },
  { to: '/alerts', label: 'Alerts', icon: BellRing, group: 'operate', role: 'admin' },
  { to: '/audit', label: 'Audit log', icon: ShieldCheck, group: 'operate', role: 'admin' },
  { to: '/configuration', label: 'Configuration', icon: FileCog, group: 'operate', role: 'admin' },
]
