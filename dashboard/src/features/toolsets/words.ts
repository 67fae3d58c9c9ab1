import type { ToolsetApproval, ToolsetPreview } from '../../api/types.ts'

/** Why a tool is not in, for a person. */
export const leftOutWords: Readonly<Record<NonNullable<ToolsetPreview['items'][number]['left_out']>, string>> = {
  excluded: 'Taken out by hand',
  connector: 'Another connector',
  tag: 'None of the tags',
  effect: 'Another effect',
  not_selected: 'Not selected',
}

export const approvalOptions: readonly { readonly value: ToolsetApproval; readonly label: string; readonly hint: string }[] = [
  { value: 'never', label: 'as the actions ask', hint: 'Nothing is added.' },
  { value: 'destructive', label: 'for what destroys', hint: 'Deletions wait as well.' },
  { value: 'writes', label: 'for what changes anything', hint: 'Everything but reads waits.' },
  { value: 'always', label: 'for every call', hint: 'Reads wait, too.' },
]
