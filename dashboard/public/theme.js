// Runs before the first paint; src/shell/theme.ts keeps the same key and attribute afterwards.
;(() => {
  let choice = 'system'
  try {
    choice = localStorage.getItem('sallyport.theme') ?? 'system'
  } catch {
    // Storage can be blocked; the system's choice is then used.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
