import { stringify } from 'yaml'
import type { Picture } from './picture.ts'

/** The whole survey, for programs. What is undefined is not there. */
export function asJson({ survey }: Picture): string {
  return `${JSON.stringify(survey, undefined, 2)}\n`
}

/** The same as YAML: it reads back as the JSON does. */
export function asYaml(picture: Picture): string {
  const plain: unknown = JSON.parse(asJson(picture))
  return stringify(plain, { aliasDuplicateObjects: false, lineWidth: 0 })
}
