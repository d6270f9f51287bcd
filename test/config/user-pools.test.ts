import t from 'tap'
import { parsePoolArn, parsePoolId } from '../../src/config/user-pools.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const ignore = (): void => undefined

t.test('the region of a pool is what its id begins with', async (t) => {
  t.strictSame(parsePoolId('eu-west-1_AbCdEf', 'k', ignore), {
    id: 'eu-west-1_AbCdEf',
    region: 'eu-west-1',
  })
  t.strictSame(parsePoolId('local_1', 'k', ignore), { id: 'local_1', region: 'local' })
})

t.test('what is no pool id is refused', async (t) => {
  for (const id of ['', 'eu-west-1', 'eu-west-1_', '_Ab', 'eu-west-1_A-b', 'eu west_A', 'a/b_c']) {
    t.strictSame(
      problemsOf((report) => parsePoolId(id, 'k', report)),
      [`k: ${JSON.stringify(id)} is not a user pool id such as eu-west-1_AbCdEf`],
    )
  }
  t.equal(parsePoolId(`a_${'b'.repeat(54)}`, 'k', ignore), undefined)
})

t.test('an ARN is taken in every partition', async (t) => {
  for (const partition of ['aws', 'aws-cn', 'aws-us-gov']) {
    const arn = `arn:${partition}:cognito-idp:us-gov-west-1:111122223333:userpool/us-gov-west-1_Ab1`
    t.strictSame(parsePoolArn(arn, 'k', ignore), {
      id: 'us-gov-west-1_Ab1',
      region: 'us-gov-west-1',
    })
  }
})

t.test('an ARN of something else, or at odds with itself, is refused', async (t) => {
  const example = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf'
  for (const arn of [
    '',
    'eu-west-1_Ab',
    'arn:aws:cognito-idp:eu-west-1:1111:userpool/eu-west-1_Ab',
    'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/',
    'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_A/b',
    'arn:aws:cognito-identity:eu-west-1:111122223333:userpool/eu-west-1_Ab',
    'arn:aws:s3:::bucket',
  ]) {
    t.strictSame(
      problemsOf((report) => parsePoolArn(arn, 'k', report)),
      [`k: ${JSON.stringify(arn)} is not the ARN of a user pool such as ${example}`],
    )
  }
  t.strictSame(
    problemsOf((report) => parsePoolArn(example.replace('eu-west-1:', 'us-east-1:'), 'k', report)),
    ['k: its region us-east-1 is not that of the pool id, eu-west-1'],
  )
})

t.test('an ARN among ids is shown its place', async (t) => {
  const arn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf'
  t.strictSame(
    problemsOf((report) => parsePoolId(arn, 'k', report)),
    [`k: "${arn}" is not a user pool id such as eu-west-1_AbCdEf; an ARN goes into providerARNs`],
  )
})
