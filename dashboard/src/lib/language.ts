/**
 * Some systems give the browser a POSIX locale such as "en-US@posix", which is no language tag (BCP 47). Whatever hands it on to
 * Intl throws, as uPlot does when it loads. Intl's own choice stands in for it. Import this before anything else.
 */
const isTag = (language: string): boolean => {
  try {
    new Intl.Locale(language)
    return true
  } catch {
    return false
  }
}

if (!isTag(navigator.language)) {
  Object.defineProperty(navigator, 'language', { value: new Intl.NumberFormat().resolvedOptions().locale, configurable: true })
}

export {}
