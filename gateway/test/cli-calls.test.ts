import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { closeAll, problem, run, start, startApi, startAtTerminal, temporaryFolder } from './cli-harness.ts'

afterEach(closeAll)

const done = { id: 'call_1', success: true, outcome: 'done', payload: { name: 'Ada' }, status: 200, duration_ms: 12 }
const pending = {
  id: 'call_2',
  status: 'pending_approval',
  approval: { id: 'apr_2', url: 'http://gateway/approvals/apr_2', expires_at: '2030-01-01T00:00:00.000Z' },
}

function record(changes: object) {
  return {
    id: 'call_2',
    started_at: '2026-01-31T10:00:00.000Z',
    duration_ms: 123.4,
    status: 'succeeded',
    outcome: 'done',
    caller: { kind: 'token', id: 'tok_1', name: 'Agent' },
    entrance: 'http',
    connector: 'crm',
    connector_version: '1.0.0',
    action: 'add_note',
    effect: 'write',
    connection: { id: 'con_1', name: 'CRM' },
    upstream_status: 200,
    error_code: null,
    error_detail: null,
    method: 'POST',
    url: 'https://crm.example/notes',
    input: { text: 'hi' },
    response_bytes: 17,
    approval_id: 'apr_2',
    result: { success: true, payload: { id: 9 } },
    trace: [],
    ...changes,
  }
}

describe('call', () => {
  it('prints the payload, and everything under --json', async () => {
    const { url, received } = await startApi({ 'POST /calls': { body: done } })
    const human = await run(['call', 'crm', 'get_customer', 'id:=7', '--connection', 'con_1'], { url })
    expect(human).toMatchObject({ code: 0, stdout: '{\n  "name": "Ada"\n}\n', stderr: '' })
    expect(received[0]?.body).toEqual({ connector: 'crm', action: 'get_customer', connection: 'con_1', input: { id: 7 } })
    expect(JSON.parse((await run(['call', 'crm', 'get_customer', '--json'], { url })).stdout)).toEqual(done)
  })

  it('prints text as it is', async () => {
    const { url } = await startApi({ 'POST /calls': { body: { ...done, payload: 'a,b\n1,2\u001b[1m' } } })
    expect((await run(['call', 'crm', 'export'], { url })).stdout).toBe('a,b\n1,2\u001b[1m\n')
  })

  it('builds the input from a file, text and JSON values', async () => {
    const { url, received } = await startApi({ 'POST /calls': { body: done } })
    const cwd = await temporaryFolder()
    await writeFile(join(cwd, 'input.json'), '{"id":1,"keep":true}')
    await run(
      ['call', 'crm', 'add', '--input', '@input.json', 'id:=2', 'name=a:=b', 'tags:=["x"]', 'url=http://x/?a=b', 'empty='],
      { url, cwd },
    )
    expect(received[0]?.body).toMatchObject({
      input: { id: 2, keep: true, name: 'a:=b', tags: ['x'], url: 'http://x/?a=b', empty: '' },
    })
  })

  it('fails with the problem of the call, and hints at := for text that should be something else', async () => {
    const diagnostics = { errors: [{ path: '/id', message: 'must be integer' }] }
    const { url } = await startApi({
      'POST /calls': {
        status: 400,
        body: problem('INVALID_INPUT', '/id must be an integer.', { call_id: 'call_5', diagnostics }),
      },
    })
    const result = await run(['call', 'crm', 'get_customer', 'id=7'], { url })
    expect(result).toMatchObject({ code: 1, stdout: '' })
    expect(result.stderr).toContain('hint: values after = are text')
    expect(result.stderr).toContain('error: /id must be an integer.')
    for (const pair of ['id:=7.5', 'name=Ada'])
      expect((await run(['call', 'crm', 'get_customer', pair], { url })).stderr).not.toContain('hint')
    const json = await run(['call', 'crm', 'get_customer', 'id=7', '--json'], { url })
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'INVALID_INPUT', call_id: 'call_5' })
  })

  it('fails when the API answered that the action failed', async () => {
    const { url } = await startApi({
      'POST /calls': { body: { ...done, success: false, error: 'No such customer.', diagnostics: { id: 7 } } },
    })
    expect(await run(['call', 'crm', 'get_customer'], { url })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('error: No such customer. Diagnostics: {"id":7}'),
    })
  })

  it('warns when a write may have taken effect', async () => {
    const { url } = await startApi({
      'POST /calls': { status: 502, body: problem('OUTCOME_UNKNOWN', 'The connection broke.', { outcome: 'sent_unknown' }) },
    })
    expect((await run(['call', 'crm', 'add'], { url })).stderr).toContain('Find out before you try again.')
  })

  it('shows the request of a dry run', async () => {
    const plan = {
      method: 'POST',
      url: 'https://crm.example/notes',
      headers: { 'X-API-Key': '[redacted]' },
      body: { text: 'hi' },
      hash: 'ab',
      needs_approval: true,
    }
    const { url, received } = await startApi({
      'POST /calls': { body: { ...done, payload: undefined, outcome: 'not_sent', plan } },
    })
    const result = await run(['call', 'crm', 'add_note', 'text=hi', '--dry-run'], { url })
    expect(received[0]?.body).toMatchObject({ dry_run: true })
    expect(result.stdout).toBe('POST https://crm.example/notes\n  X-API-Key  [redacted]\n{\n  "text": "hi"\n}\n')
    expect(result.stderr).toContain('would wait for a person to approve it')
  })

  it('says in clear words that a call waits, and does not fail', async () => {
    const { url } = await startApi({ 'POST /calls': { status: 202, body: pending } })
    const result = await run(['call', 'crm', 'add_note'], { url })
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toContain('Not done yet: a person must approve this call.')
    expect(result.stdout).toContain('http://gateway/approvals/apr_2')
    expect(result.stdout).toContain('sallyport approve apr_2')
    expect(JSON.parse((await run(['call', 'crm', 'add_note', '--json'], { url })).stdout)).toEqual(pending)
  })

  it('waits until the approved call has run', async () => {
    const states = ['pending_approval', 'started', 'succeeded']
    const { url, received } = await startApi({
      'POST /calls': { status: 202, body: pending },
      'GET /calls/call_2': () => ({ body: record({ status: states.shift() }) }),
    })
    const result = await run(['call', 'crm', 'add_note', '--wait'], { url })
    expect(result).toMatchObject({
      code: 0,
      stdout: '{\n  "id": 9\n}\n',
      stderr: 'Waiting for approval: http://gateway/approvals/apr_2\n',
    })
    expect(received.filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(states).toEqual([])
  })

  it.each([
    [{ status: 'rejected' }, 'The call was rejected: not on a Friday'],
    [{ status: 'expired' }, 'Nobody approved the call in time.'],
    [
      { status: 'failed', error_code: 'TIMEOUT', error_detail: 'The API took longer than 30 s.' },
      'The API took longer than 30 s.',
    ],
  ])('fails when the wait ends with %j', async (changes, message) => {
    const { url } = await startApi({
      'POST /calls': { status: 202, body: pending },
      'GET /calls/call_2': { body: record(changes) },
      'GET /approvals/apr_2': { body: { id: 'apr_2', status: 'rejected', reason: 'not on a Friday' } },
    })
    expect(await run(['call', 'crm', 'add_note', '--wait'], { url })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(message),
    })
  })
})

describe('logs', () => {
  it('shows one call with its trace', async () => {
    const trace = [
      { stage: 'authenticate', at_ms: 0, ms: 1 },
      { stage: 'send', at_ms: 1, ms: 99, failed: true },
    ]
    const { url } = await startApi({
      'GET /calls/call_2': { body: record({ trace, status: 'failed', error_code: 'TIMEOUT', error_detail: 'Too long.' }) },
    })
    const { stdout } = await run(['logs', 'call_2'], { url })
    expect(stdout).toContain('call_2  failed\n')
    expect(stdout).toMatch(/ {2}request +POST https:\/\/crm\.example\/notes\n/)
    expect(stdout).toMatch(/ {2}error +TIMEOUT: Too long\.\n/)
    expect(stdout).toMatch(/ {2}authenticate +1\.0 ms {2}━\n {2}send +99 ms {2,}━{20,} failed\n$/)
  })

  it('follows, printing each call once when it has ended', async () => {
    const [first, second, third] = [
      record({ id: 'call_a', started_at: '2026-01-01T00:00:00.000Z' }),
      record({ id: 'call_b', started_at: '2026-01-01T00:00:01.000Z', status: 'started' }),
      record({ id: 'call_c', started_at: '2026-01-01T00:00:02.000Z' }),
    ]
    const answers = [[first], [second, first], [third, { ...second, status: 'succeeded' }, first]]
    const { url, received } = await startApi({
      'GET /calls': () => ({ body: { items: answers.length > 1 ? answers.shift() : answers[0], next_cursor: null } }),
    })
    const following = start(['logs', '--follow', '--json', '--since', '2026-01-01'], { url })
    await following.printed('"call_c"')
    following.child.kill('SIGTERM')
    const { stdout } = await following.ended
    const ids = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id)
    expect(ids).toEqual(['call_a', 'call_b', 'call_c'])
    expect(received.map(({ query }) => query.since).slice(0, 3)).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:01.000Z',
    ])
  })
})

describe('approvals', () => {
  const approval = {
    id: 'apr_2',
    status: 'pending',
    call_id: 'call_2',
    connector: 'crm',
    action: 'add_note',
    effect: 'write',
    connection: { id: 'con_1', name: 'CRM' },
    requested_by: { kind: 'token', id: 'tok_1', name: 'Agent' },
    expires_at: '2030-01-01T00:00:00.000Z',
    request: { method: 'POST', url: 'https://crm.example/notes', headers: {} },
    input: { text: 'hi\u001b[2J' },
    policy: [{ rule: 'action', asks: true, says: 'The action asks for approval.' }],
    similar: { succeeded: 3, failed: 1, calls: [] },
  }
  const standing = {
    id: 'sta_1',
    status: 'open',
    connector: 'crm',
    action: 'add_note',
    requested_by: { kind: 'token', id: 'tok_1', name: 'Agent' },
    total: 5,
    used: 2,
    expires_at: '2030-01-01T00:00:00.000Z',
  }

  it('lists those that wait', async () => {
    const { url, received } = await startApi({ 'GET /approvals': { body: { items: [approval], next_cursor: null } } })
    const { stdout } = await run(['approvals'], { url })
    expect(received[0]?.query).toEqual({ status: 'pending' })
    expect(stdout).toMatch(/apr_2 +pending +crm add_note +Agent +.* +POST https:\/\/crm\.example\/notes\n/)
  })

  it('approves, and prints the answer of the call', async () => {
    const { url, received } = await startApi({
      'POST /approvals/apr_2/approve': { body: { approval, call: done, problem: null } },
    })
    expect(await run(['approve', 'apr_2'], { url })).toMatchObject({
      code: 0,
      stdout: '{\n  "name": "Ada"\n}\n',
      stderr: 'Approved; it ran as call_1:\n',
    })
    expect(received).toHaveLength(1)
  })

  it('approves the next ones alike, lists what was approved in advance, and ends it', async () => {
    const { url, received } = await startApi({
      'POST /approvals/apr_2/approve': { body: { approval, call: done, problem: null } },
      'POST /approvals/apr_2/standing': { status: 201, body: standing },
      'GET /standing-approvals': { body: { items: [standing], next_cursor: null } },
      'DELETE /standing-approvals/sta_1': { body: { ...standing, status: 'revoked' } },
    })
    expect(await run(['approve', 'apr_2', '--yes', '--next', '5', '--same', 'text'], { url })).toMatchObject({ code: 0 })
    expect(received[1]?.body).toEqual({ count: 5, same: ['text'] })
    expect((await run(['standing-approvals', 'list'], { url })).stdout).toMatch(/sta_1 +open +crm add_note +Agent +2 of 5/)
    expect((await run(['standing-approvals', 'end', 'sta_1'], { url })).stdout).toContain('wait again')
  })

  it('sets which calls over a connection wait', async () => {
    const { url, received } = await startApi({ 'PATCH /connections/con_1': { body: { id: 'con_1', name: 'CRM' } } })
    await run(['approval-policy', 'con_1', '--rule', 'writes', '--over-items', '10', '--target', 'https://a.test/*'], { url })
    await run(['approval-policy', 'con_1', '--none'], { url })
    expect(received.map(({ body }) => body)).toEqual([
      { approval: { rule: 'writes', over_items: 10, targets: ['https://a.test/*'] } },
      { approval: null },
    ])
  })

  it('fails when the approved call failed', async () => {
    const { url } = await startApi({
      'POST /approvals/apr_2/approve': {
        body: { approval, call: null, problem: problem('TIMEOUT', 'The API took too long.', { call_id: 'call_2' }) },
      },
    })
    expect(await run(['approve', 'apr_2'], { url })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('error: The API took too long.'),
    })
  })

  it('rejects with a reason', async () => {
    const { url, received } = await startApi({ 'POST /approvals/apr_2/reject': { body: { ...approval, status: 'rejected' } } })
    expect(await run(['reject', 'apr_2', '--reason', 'not on a Friday'], { url })).toMatchObject({
      code: 0,
      stdout: 'Rejected crm add_note. Nothing was sent.\n',
    })
    expect(received[0]?.body).toEqual({ reason: 'not on a Friday' })
  })

  it('shows a person at a terminal the call and asks before approving it', async () => {
    const { url, received } = await startApi({
      'GET /approvals/apr_2': { body: approval },
      'POST /approvals/apr_2/approve': { body: { approval, call: done, problem: null } },
    })
    const asked = startAtTerminal(['approve', 'apr_2'], { url })
    await asked.printed('[y/N]')
    asked.type('n\r')
    const { stdout, code } = await asked.ended
    expect(code).toBe(0)
    expect(stdout).toContain('POST https://crm.example/notes')
    expect(stdout).toContain('"text": "hi\\u001b[2J"')
    expect(stdout).toContain('Not approved; it still waits.')
    expect(received.map(({ method }) => method)).toEqual(['GET'])
    const agreed = startAtTerminal(['approve', 'apr_2'], { url })
    await agreed.printed('[y/N]')
    agreed.type('y\r')
    expect(await agreed.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"name": "Ada"') })
    expect(received.at(-1)?.method).toBe('POST')
  })
})
