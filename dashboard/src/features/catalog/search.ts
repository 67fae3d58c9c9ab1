import type { ConnectorListItem } from '../../api/types.ts'

/** Entries with every word in what their tile shows; those with one at the start of their name come first. */
export function found(entries: readonly ConnectorListItem[], text: string, category: string): readonly ConnectorListItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = entries.filter((entry) => {
    if (category !== '' && entry.category !== category) return false
    const shown = `${entry.id} ${entry.name} ${categoryLabel(entry.category)} ${entry.description}`.toLowerCase()
    return words.every((word) => shown.includes(word))
  })
  const first = words[0]
  if (first === undefined) return matching
  const rank = ({ name, id }: ConnectorListItem) =>
    name.toLowerCase().startsWith(first) ? 0 : name.toLowerCase().includes(first) || id.includes(first) ? 1 : 2
  return matching.toSorted((one, other) => rank(one) - rank(other))
}

const spelled: Readonly<Record<string, string>> = { ai: 'AI', crm: 'CRM', hr: 'HR' }

/** "project-management" → "Project management". */
export function categoryLabel(name: string): string {
  const words = name.replaceAll('-', ' ')
  return spelled[name] ?? words.slice(0, 1).toUpperCase() + words.slice(1)
}

export function categoriesOf(entries: readonly ConnectorListItem[]) {
  const counts = new Map<string, number>()
  for (const { category } of entries) if (category !== '') counts.set(category, (counts.get(category) ?? 0) + 1)
  return [...counts]
    .map(([name, number]) => ({ name, label: categoryLabel(name), entries: number }))
    .sort((one, other) => one.label.localeCompare(other.label))
}
