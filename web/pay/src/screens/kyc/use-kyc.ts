// Queries and changes of my KYC: the form, its files with their progress, submitting and withdrawing.
import {
  saveKyc,
  showKyc,
  submitKyc,
  uploadKycDocument,
  withdrawKyc,
  type KycView,
} from '@bahi/contracts/kyc.ts'
import { pathOf, type Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { KycDocumentKind } from '@bahi/contracts/kyc-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { call } from '../../api/client.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { sendFile } from './send-file.ts'
import { smallerPicture } from './smaller-picture.ts'

const kycKey = ['kyc']
/** While a file is read, and while a reviewer has it. */
const fileEveryMs = 1_000
const reviewEveryMs = 15_000

const isBeingRead = ({ status }: { status: string }) => status !== 'readable' && status !== 'refused'

export const useKyc = () =>
  useQuery({
    queryKey: kycKey,
    queryFn: () => call(showKyc, {}),
    refetchInterval({ state: { data } }) {
      const { status = 'draft', documents = [] } = data?.submission ?? {}
      if (documents.some(isBeingRead)) return fileEveryMs
      return status === 'submitted' || status === 'in-review' ? reviewEveryMs : false
    },
  })

function useUpdate() {
  const client = useQueryClient()
  return (submission: NonNullable<KycView['submission']>) =>
    client.setQueryData<KycView>(kycKey, (before) => before && { ...before, submission })
}

export function useSaveKyc() {
  const update = useUpdate()
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Input<typeof saveKyc>['body'] }) =>
      call(saveKyc, { params: { id }, body }),
    onSuccess: update,
  })
}

export function useSubmitKyc(id: string) {
  const update = useUpdate()
  return useMutation({ mutationFn: () => call(submitKyc, { params: { id } }), onSuccess: update })
}

export function useWithdrawKyc(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call(withdrawKyc, { params: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: kycKey }),
  })
}

/** A file on its way. It has one id however often it is sent. */
type Sending = { file: File; documentId: string; progress: number; error?: unknown }

/** Sends the file of one kind. One that did not arrive is sent again when the network is back, or by `retry`. */
export function useUpload(submissionId: string, kind: KycDocumentKind, maxBytes: number) {
  const update = useUpdate()
  const isOnline = useOnline()
  const [sending, setSending] = useState<Sending>()
  const stop = useRef<AbortController>(undefined)

  async function send(one: Sending) {
    stop.current?.abort()
    const own = (stop.current = new AbortController())
    const set = (more: Partial<Sending>) => own.signal.aborted || setSending({ ...one, ...more })
    set({ progress: 0 })
    const path = pathOf(uploadKycDocument.url, { id: submissionId, documentId: one.documentId }, { kind })
    try {
      update((await sendFile(path, one.file, (progress) => set({ progress }), own.signal)) as never)
      if (!own.signal.aborted) setSending(undefined)
    } catch (error) {
      set({ error })
    }
  }

  const failed = sending?.error === undefined ? undefined : sending
  const wasOffline = useRef(false)
  useEffect(() => {
    if (isOnline && wasOffline.current && failed)
      void send({ file: failed.file, documentId: failed.documentId, progress: 0 })
    wasOffline.current = !isOnline
  })
  useEffect(() => () => stop.current?.abort(), [])

  return {
    sending,
    async choose(file: File) {
      const one = { file: await smallerPicture(file), documentId: uuidv7(serverNow()), progress: 0 }
      if (one.file.size > maxBytes) setSending({ ...one, error: new Problem('body-too-large') })
      else await send(one)
    },
    retry: () => failed && void send({ file: failed.file, documentId: failed.documentId, progress: 0 }),
  }
}
