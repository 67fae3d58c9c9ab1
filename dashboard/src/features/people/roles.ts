import type { Role } from '../../api/types.ts'
import type { Option } from '../../ui/choice.tsx'

/** What each role of the workspace may do. */
export const roleOptions: readonly Option<Role>[] = [
  { value: 'viewer', label: 'viewer', hint: 'Reads definitions and the log.' },
  { value: 'member', label: 'member', hint: 'Calls actions; connects accounts of their own.' },
  { value: 'manager', label: 'manager', hint: 'Also connects for the workspace and decides on approvals.' },
  { value: 'admin', label: 'admin', hint: 'Also defines connectors, makes tokens, and invites people.' },
  { value: 'owner', label: 'owner', hint: 'Everything, the keys of the vault included.' },
]

/** The roles up to one's own. */
export const rolesUpTo = (role: Role): readonly Option<Role>[] =>
  roleOptions.slice(0, roleOptions.findIndex(({ value }) => value === role) + 1)
