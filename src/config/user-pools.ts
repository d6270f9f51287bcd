// Ids and ARNs of Cognito user pools.
import { shown, type Report } from './problem.ts'

export interface UserPool {
  readonly id: string
  /** What stands before the last underscore of the id: `eu-west-1`. */
  readonly region: string
}

/** The pool of an id such as `eu-west-1_AbCdEf`; undefined once a problem is reported. */
export const parsePoolId = (id: string, at: string, report: Report): UserPool | undefined => {
  const region = regionOf(id)
  if (region !== undefined) return { id, region }
  const hint = id.startsWith('arn:') ? '; an ARN goes into providerARNs' : ''
  report(at, `${shown(id)} is not a user pool id such as eu-west-1_AbCdEf${hint}`)
  return undefined
}

/**
 * The pool of an ARN, in any partition; undefined once a problem is reported.
 * `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`
 */
export const parsePoolArn = (arn: string, at: string, report: Report): UserPool | undefined => {
  const form = /^arn:aws(?:-cn|-us-gov)?:cognito-idp:([\w-]+):(\d{12}):userpool\/(.+)$/
  const [, region, , id = ''] = form.exec(arn) ?? []
  const prefix = regionOf(id)
  if (region === undefined || prefix === undefined) {
    const example = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf'
    report(at, `${shown(arn)} is not the ARN of a user pool such as ${example}`)
    return undefined
  }
  if (region === prefix) return { id, region }
  report(at, `its region ${region} is not that of the pool id, ${prefix}`)
  return undefined
}

const regionOf = (id: string): string | undefined =>
  /^([\w-]+)_[0-9A-Za-z]+$/.exec(id.length > 55 ? '' : id)?.[1]
