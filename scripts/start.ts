import { buildDashboardIfStale } from './build-dashboard.ts'

/** `npm start`: `sallyport serve` in this process, with a dashboard that is up to date. */
buildDashboardIfStale()
process.argv.splice(2, 0, 'serve')
await import(new URL('../gateway/bin/sallyport.js', import.meta.url).href)
