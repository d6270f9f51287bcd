// Cognito's own host name on this machine: a certificate for it, a hosts file that only the gate
// sees, and cognito-local serving a pool under it over HTTPS. Nothing in the gate is overridden.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { connectSdk, startScript, textAt, type Api } from './cognito-local.ts'
import { startProgram, type Program, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export const awsName = 'cognito-idp.eu-west-1.amazonaws.com'
/** An id such as AWS gives; cognito-local's own ids have no region. */
export const awsPoolId = 'eu-west-1_AbCdEfGh1'
export const awsIssuer = `https://${awsName}/${awsPoolId}`
/** An address of loopback that nothing else has, so that port 443 is free on it. */
export const awsAddress = '127.43.43.43'

export interface Certificate {
  readonly keyFile: string
  readonly certFile: string
}

/** A self-signed certificate for the AWS name. */
export const makeCertificate = (scope: Scope): Certificate => {
  const dir = tempDir(scope)
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=e2e'],
      ...['-addext', `subjectAltName=DNS:${awsName}`, '-keyout', keyFile, '-out', certFile],
    ],
    { stdio: 'ignore' },
  )
  return { keyFile, certFile }
}

/** Words that run a program in a mount namespace of its own, where the AWS name is our address. */
export const underAwsName = (scope: Scope): readonly string[] => {
  const hosts = join(tempDir(scope), 'hosts')
  writeFileSync(hosts, `127.0.0.1 localhost\n${awsAddress} ${awsName}\n`)
  return ['unshare', '-m', 'sh', '-c', `mount --bind ${hosts} /etc/hosts && exec "$@"`, 'sh']
}

export interface AwsPool {
  readonly clientId: string
  readonly signIn: (user: AwsUser) => Promise<SignedIn>
  /** New tokens for a refresh token, as an application gets them when the old ones expire. */
  readonly refresh: (refreshToken: string) => Promise<Omit<SignedIn, 'refreshToken'>>
}

export interface AwsUser {
  readonly email: string
  /** The custom attribute of the pool. */
  readonly tenant: string
  readonly groups: readonly string[]
}

export interface SignedIn {
  readonly idToken: string
  readonly accessToken: string
  readonly refreshToken: string
}

/**
 * Starts cognito-local on port 443 with one pool that has `awsPoolId` and a custom attribute. The
 * emulator makes up its own pool ids, so the pool is made first, then renamed in its files.
 */
export const startAwsPool = async (scope: Scope, certificate: Certificate): Promise<AwsPool> => {
  const dir = tempDir(scope)
  writeConfig(dir, certificate)
  const api = connectSdk(scope, `https://${awsName}`, { httpsAgent: agentFor(certificate) })
  const first = await startEmulator(scope, dir)
  const { poolId, clientId } = await createPool(api)
  first.signal('SIGKILL')
  await first.exited
  renamePool(join(dir, '.cognito', 'db'), poolId)
  await startEmulator(scope, dir)
  return {
    clientId,
    signIn: (user) => signIn(api, clientId, user),
    refresh: (refreshToken) => refresh(api, clientId, refreshToken),
  }
}

const writeConfig = (dir: string, { keyFile, certFile }: Certificate): void => {
  const config = {
    TokenConfig: { IssuerDomain: `https://${awsName}` },
    ServerConfig: { hostname: awsAddress, port: 443, https: true, key: keyFile, cert: certFile },
  }
  mkdirSync(join(dir, '.cognito'))
  writeFileSync(join(dir, '.cognito', 'config.json'), JSON.stringify(config))
}

const startEmulator = async (scope: Scope, cwd: string): Promise<Program> => {
  const program = startProgram(scope, process.execPath, [startScript], {
    cwd,
    env: { CODE: '123456' },
  })
  await program.until(() => (program.stdout().includes('running on') ? true : undefined))
  return program
}

/** The SDK runs in this process, outside the namespace: it is told the address itself. */
const agentFor = ({ certFile }: Certificate): Agent =>
  new Agent({
    ca: readFileSync(certFile),
    lookup: (_name, { all }, callback) => {
      if (all === true) callback(null, [{ address: awsAddress, family: 4 }])
      else callback(null, awsAddress, 4)
    },
  })

const createPool = async (
  api: Api,
): Promise<{ readonly poolId: string; readonly clientId: string }> => {
  const pool = await api('CreateUserPool', {
    PoolName: 'e2e',
    Schema: [{ Name: 'tenant', AttributeDataType: 'String', Mutable: true }],
  })
  const poolId = textAt(pool, 'UserPool', 'Id')
  const client = await api('CreateUserPoolClient', {
    UserPoolId: poolId,
    ClientName: 'e2e',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  return { poolId, clientId: textAt(client, 'UserPoolClient', 'ClientId') }
}

const renamePool = (dir: string, poolId: string): void => {
  for (const name of readdirSync(dir)) {
    const file = join(dir, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(poolId, awsPoolId))
  }
  renameSync(join(dir, `${poolId}.json`), join(dir, `${awsPoolId}.json`))
}

const password = 'Correct-Horse-7'

const signIn = async (
  api: Api,
  clientId: string,
  { email, tenant, groups }: AwsUser,
): Promise<SignedIn> => {
  const user = { UserPoolId: awsPoolId, Username: email }
  await api('AdminCreateUser', {
    ...user,
    UserAttributes: [
      { Name: 'email', Value: email },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'custom:tenant', Value: tenant },
    ],
    MessageAction: 'SUPPRESS',
  })
  await api('AdminSetUserPassword', { ...user, Password: password, Permanent: true })
  for (const group of groups) {
    await api('CreateGroup', { UserPoolId: awsPoolId, GroupName: group })
    await api('AdminAddUserToGroup', { ...user, GroupName: group })
  }
  const answer = await api('InitiateAuth', {
    ClientId: clientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: email, PASSWORD: password },
  })
  return {
    idToken: textAt(answer, 'AuthenticationResult', 'IdToken'),
    accessToken: textAt(answer, 'AuthenticationResult', 'AccessToken'),
    refreshToken: textAt(answer, 'AuthenticationResult', 'RefreshToken'),
  }
}

const refresh = async (
  api: Api,
  clientId: string,
  refreshToken: string,
): Promise<Omit<SignedIn, 'refreshToken'>> => {
  const answer = await api('InitiateAuth', {
    ClientId: clientId,
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  })
  return {
    idToken: textAt(answer, 'AuthenticationResult', 'IdToken'),
    accessToken: textAt(answer, 'AuthenticationResult', 'AccessToken'),
  }
}
