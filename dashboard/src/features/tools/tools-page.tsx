import { Outlet, useMatch } from '@tanstack/react-router'
import { cx } from '../../lib/cx.ts'
import { useSearchText } from '../../lib/use-search-text.ts'
import { SearchInput } from '../../ui/field.tsx'
import { ConnectionTools } from './connection-tools.tsx'
import { ToolHits } from './tool-hits.tsx'
import { ToolsIntro } from './tools-intro.tsx'

/** All actions that can be called now, and beside them the one to try. */
export function ToolsPage() {
  const open = useMatch({ from: '/tools/$connector/$action', shouldThrow: false })
  const { text, setText, search } = useSearchText()
  return (
    <div className="grid h-full min-h-0 md:grid-cols-[21rem_minmax(0,1fr)]">
      <title>Tools · Sallyport</title>
      <section aria-label="Tools" className={cx('min-h-0 flex-col border-r border-line', open ? 'hidden md:flex' : 'flex')}>
        <header className="px-4 pt-4 pb-3 md:pt-6">
          <h1 className="text-title font-semibold tracking-tight">Tools</h1>
          <SearchInput label="Search actions" value={text} onChange={(event) => setText(event.target.value)} className="mt-3" />
        </header>
        {search ? <ToolHits search={search} /> : <ConnectionTools />}
      </section>
      <div className={cx('min-h-0 min-w-0', open ? 'block' : 'hidden md:block')}>{open ? <Outlet /> : <ToolsIntro />}</div>
    </div>
  )
}
