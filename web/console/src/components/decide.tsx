// Decides what somebody requested: another one approves it, and who may decide can decline it.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { useMutation } from '@tanstack/react-query'
import { ProblemNote } from '../api/problems.tsx'
import { useText } from '../language/language.ts'
import { useSession } from '../session/session.ts'
import { ReasonButton } from './reason-form.tsx'

type DecideProps = {
  requestedBy: string | undefined
  /** Whether approving takes the password. */
  withPassword?: boolean
  /** Whether it is too late to approve it. */
  isExpired?: boolean
  onApprove: (password: string) => Promise<unknown>
  onDecline: (reason: string) => Promise<unknown>
}

/** Who requested it cannot approve it. */
export function Decide({
  requestedBy,
  withPassword = false,
  isExpired = false,
  onApprove,
  onDecline,
}: DecideProps) {
  const t = useText()
  const own = useSession().signedIn?.userId
  const approving = useMutation({ mutationFn: () => onApprove('') })
  const mayApprove = requestedBy !== own && !isExpired
  return (
    <div className="flex flex-wrap items-center gap-2">
      {mayApprove && withPassword && (
        <ReasonButton
          text={t('grants.approve')}
          asks={['password']}
          look="main"
          onGive={({ password }) => onApprove(password)}
        />
      )}
      {mayApprove && !withPassword && (
        <Button className="min-h-11 px-4" busy={approving.isPending} onClick={() => approving.mutate()}>
          {t('grants.approve')}
        </Button>
      )}
      <ReasonButton text={t('grants.decline')} onGive={({ reason }) => onDecline(reason)} />
      <ProblemNote error={approving.error} />
    </div>
  )
}
