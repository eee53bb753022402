// How a person signs in: open sessions and devices, without what they are called.
import type { PersonSignIn } from '@bahi/contracts/person-look-up.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList, type Fact } from '@bahi/web-ui/components/facts.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { ProblemState } from '../../api/problems.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useSignInOf } from './use-sign-in-of.ts'

export function SignInOf({ userId }: { userId: string }) {
  const signIn = useSignInOf(userId)
  if (signIn.isPending) return <Skeleton lines={3} />
  if (!signIn.data) return <ProblemState error={signIn.error} again={() => void signIn.refetch()} />
  return <Shown {...signIn.data} />
}

function Shown({ sessions, devices, roles, frozenAt }: PersonSignIn) {
  const t = useText()
  const { language } = useLanguage()
  const facts: Fact[] = [
    ...(frozenAt === undefined
      ? []
      : [
          [
            t('people.frozen'),
            <strong key="frozen" className="text-bad">
              {formatMoment(language, frozenAt)}
            </strong>,
          ] as const,
        ]),
    ...(roles.length === 0 ? [] : [[t('people.roles'), roles.join(', ')] as const]),
    [t('people.sessions'), sessions.length === 0 ? t('people.signed-out') : String(sessions.length)],
    ...sessions.map(
      ({ createdAt, lastUsedAt, network }) =>
        [
          t('people.session'),
          t('people.used', { time: formatMoment(language, lastUsedAt) }),
          [t('people.begun', { time: formatMoment(language, createdAt) }), network]
            .filter(Boolean)
            .join(' · '),
        ] as const,
    ),
    ...devices.map(
      ({ boundAt, unboundAt, keyed }) =>
        [
          t('people.device'),
          unboundAt === undefined
            ? t('people.bound', { time: formatMoment(language, boundAt) })
            : t('people.unbound', { time: formatMoment(language, unboundAt) }),
          keyed ? t('people.keyed') : undefined,
        ] as const,
    ),
  ]
  return (
    <Card className="flex flex-col gap-4">
      <h2 className="text-lg font-semibold">{t('people.sign-in')}</h2>
      <FactList facts={facts} />
    </Card>
  )
}
