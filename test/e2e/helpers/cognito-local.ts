// cognito-local as a real process, spoken to with the real AWS SDK client: a pool, an app client and a
// user are made and signed in as an application would do it.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export interface CognitoLocal {
  readonly poolId: string
  readonly clientId: string
  /** `http://127.0.0.1:PORT/local_…`, as its tokens say. */
  readonly issuer: string
  /** Makes a user in a group and signs it in. */
  readonly signIn: (user: User) => Promise<Tokens>
}

export interface User {
  readonly email: string
  readonly password: string
  readonly group: string
}

export interface Tokens {
  readonly idToken: string
  readonly accessToken: string
}

/** Starts the emulator on a free port with its state in a directory of the test's own. */
export const startCognitoLocal = async (scope: Scope): Promise<CognitoLocal> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = startProgram(scope, process.execPath, [startScript], {
    cwd: tempDir(scope),
    env: { HOST: '127.0.0.1', PORT: String(port), CODE: '123456' },
  })
  await program.until(() => (program.stdout().includes('running on') ? true : undefined))
  const api = connectSdk(scope, url)
  const pool = await api('CreateUserPool', { PoolName: 'e2e' })
  const poolId = textAt(pool, 'UserPool', 'Id')
  const client = await api('CreateUserPoolClient', {
    UserPoolId: poolId,
    ClientName: 'e2e',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
  })
  const clientId = textAt(client, 'UserPoolClient', 'ClientId')
  return {
    poolId,
    clientId,
    issuer: `${url}/${poolId}`,
    signIn: (user) => signIn(api, { poolId, clientId }, user),
  }
}

/** Sends one command of the SDK by its name. */
export type Api = (command: string, input: object) => Promise<unknown>

const signIn = async (
  api: Api,
  { poolId, clientId }: { readonly poolId: string; readonly clientId: string },
  { email, password, group }: User,
): Promise<Tokens> => {
  const user = { UserPoolId: poolId, Username: email }
  await api('AdminCreateUser', {
    ...user,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
    ],
    MessageAction: 'SUPPRESS',
  })
  await api('AdminSetUserPassword', { ...user, Password: password, Permanent: true })
  await api('CreateGroup', { UserPoolId: poolId, GroupName: group })
  await api('AdminAddUserToGroup', { ...user, GroupName: group })
  const answer = await api('InitiateAuth', {
    ClientId: clientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD: password },
  })
  return {
    idToken: textAt(answer, 'AuthenticationResult', 'IdToken'),
    accessToken: textAt(answer, 'AuthenticationResult', 'AccessToken'),
  }
}

const packages = resolve('test/e2e/node_modules')
export const startScript = resolve(packages, 'cognito-local/lib/bin/start.js')

/** The part of the SDK that is used, so that a type check needs no installation of it. */
interface Sdk {
  readonly CognitoIdentityProviderClient: new (config: object) => {
    readonly send: (command: object) => Promise<unknown>
    readonly destroy: () => void
  }
  readonly [command: string]: new (input: object) => object
}

/** `requestHandler` is the SDK's own option of that name: how it connects. */
export const connectSdk = (scope: Scope, endpoint: string, requestHandler: object = {}): Api => {
  const load = createRequire(resolve(packages, 'package.json'))
  const sdk = load('@aws-sdk/client-cognito-identity-provider') as Sdk
  const client = new sdk.CognitoIdentityProviderClient({
    endpoint,
    requestHandler,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  scope.teardown(() => client.destroy())
  return (name, input) => {
    const Command = sdk[`${name}Command`]
    if (Command === undefined) throw new Error(`the SDK has no ${name}Command`)
    return client.send(new Command(input))
  }
}

export const textAt = (answer: unknown, part: string, name: string): string => {
  const value = (answer as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[part]?.[
    name
  ]
  if (typeof value !== 'string') throw new Error(`the emulator's answer has no ${part}.${name}`)
  return value
}
