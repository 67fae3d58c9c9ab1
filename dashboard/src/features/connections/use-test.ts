import { useCallback, useState } from 'react'
import { api } from '../../api/client.ts'
import type { TestCheck, TestResult } from '../../api/types.ts'

/** Tests a connection; `heard` grows while it runs. */
export function useConnectionTest() {
  const [heard, setHeard] = useState<readonly TestCheck[]>([])
  const run = useCallback((connection: string): Promise<TestResult> => {
    setHeard([])
    return api.connections.test(connection, (check) => setHeard((before) => [...before, check]))
  }, [])
  return { heard, run }
}
