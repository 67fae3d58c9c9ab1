/** The schema of pg-boss, beside our own; see docs/adr/0011-workflow-engine.md. */
export const jobSchema = 'sallyport_jobs'
