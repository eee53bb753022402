// All services of the platform, in the order in which they start: the gateway last.
import { service as account } from '@bahi/account/app.ts'
import { service as audit } from '@bahi/audit/app.ts'
import { service as auth } from '@bahi/auth/app.ts'
import { service as gateway } from '@bahi/gateway/app.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { service as notification } from '@bahi/notification/app.ts'
import { service as payment } from '@bahi/payment/app.ts'
import { service as sandbox } from '@bahi/sandbox/app.ts'
import { service as user } from '@bahi/user/app.ts'

export const services: AnyService[] = [sandbox, user, auth, account, payment, notification, audit, gateway]

/** Those that have a schema of their own, with its folder of migrations. */
export function schemasOf(passwordOf: (service: string) => string) {
  return services.flatMap((s) =>
    s.migrations ? [{ name: s.name, migrations: s.migrations, password: passwordOf(s.name) }] : [],
  )
}
