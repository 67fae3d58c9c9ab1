import { describe, expect, test } from 'vitest'
import { isRedirectUri, permitsRedirect, placeOf } from './redirect-uri.ts'

describe('a redirect URI', () => {
  test.each([
    'https://app.example/callback',
    'https://app.example/callback?tenant=1',
    'https://app.example',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:8123/callback',
    'http://[::1]:8123/callback',
    'http://localhost:8123/callback',
    'cursor://anysphere.cursor-retrieval/oauth/callback',
    'com.example.app:/callback',
  ])('may be %s', (uri) => expect(isRedirectUri(uri)).toBe(true))

  test.each([
    'http://app.example/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://0.0.0.0/callback',
    'https://app.example/callback#fragment',
    'https://app.example/callback#',
    'https://user@app.example/callback',
    'https://app.example\\@evil.example/callback',
    'https://app.example/a/../callback',
    'https://APP.example/callback',
    'https://app.example:443/callback',
    ' https://app.example/callback',
    'https://app.example/\tcallback',
    'javascript:alert(1)',
    'data:text/html,hello',
    'blob:https://app.example/x',
    'file:///etc/passwd',
    'view-source:https://app.example',
    '//app.example/callback',
    '/callback',
    'callback',
    '',
    `https://app.example/${'a'.repeat(2000)}`,
  ])('cannot be %j', (uri) => expect(isRedirectUri(uri)).toBe(false))

  test('is permitted by the same text only, but for the port on the browser’s own machine', () => {
    const registered = 'https://app.example/callback'
    for (const other of [
      'https://app.example/callback/',
      'https://app.example/callback?x=1',
      'https://app.example:8443/callback',
      'https://app.example/callback/../callback',
      'https://sub.app.example/callback',
      'https://app.example.evil.example/callback',
      'http://app.example/callback',
    ])
      expect({ other, permitted: permitsRedirect(registered, other) }).toEqual({ other, permitted: false })
    expect(permitsRedirect(registered, registered)).toBe(true)
    expect(permitsRedirect('http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback')).toBe(true)
    expect(permitsRedirect('http://[::1]:1/callback', 'http://[::1]:51004/callback')).toBe(true)
    expect(permitsRedirect('http://127.0.0.1/callback', 'http://127.0.0.1:51004/other')).toBe(false)
    expect(permitsRedirect('http://127.0.0.1/callback', 'http://localhost:51004/callback')).toBe(false)
    expect(permitsRedirect('http://127.0.0.1/callback', 'https://127.0.0.1:51004/callback')).toBe(false)
    expect(permitsRedirect('http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback?next=1')).toBe(false)
    // The scheme of a program has no port to leave out.
    expect(permitsRedirect('app://host:1/callback', 'app://host:2/callback')).toBe(false)
  })

  test('is named to people by its host, or by the scheme of a program', () => {
    expect(placeOf('https://app.example:8443/callback')).toBe('app.example:8443')
    expect(placeOf('cursor://anysphere.cursor-retrieval/oauth')).toBe('cursor')
  })
})
