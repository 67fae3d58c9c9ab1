/** Of what one step gives, as JSON. */
export const maxPayloadBytes = 2 * 1024 * 1024
/** Of everything that the variables of a run hold. */
export const maxBagBytes = 16 * 1024 * 1024
/** Of what a run begins with. */
export const maxTriggerBytes = 1024 * 1024
/** Steps that one run takes, items of loops counted each. */
export const maxStepsTaken = 10_000
/** Runs that started one another. */
export const maxDepth = 5
/** How long an approval step waits unless it says otherwise. */
export const approvalMs = 7 * 24 * 60 * 60 * 1000
