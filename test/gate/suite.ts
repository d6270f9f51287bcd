import { runFolder } from '../helpers/run-folder.ts'

await runFolder(import.meta.dirname)
