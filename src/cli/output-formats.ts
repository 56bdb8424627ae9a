/** The formats in which commands print, by command: the first is the default. */
export const admitOutputs = ['table', 'json', 'yaml', 'patch'] as const
export const planOutputs = ['table', 'json', 'yaml'] as const
export const checkOutputs = ['table', 'json', 'yaml'] as const
export const statusOutputs = ['table', 'wide', 'json', 'yaml', 'name'] as const
export const versionOutputs = ['table', 'json', 'yaml'] as const
export const explainOutputs = ['text', 'json', 'yaml'] as const
/** Or a file, by whose ending one is chosen. */
export const detectOutputs = ['table', 'json', 'yaml', 'csv', 'markdown', 'name', 'html'] as const
