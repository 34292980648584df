import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { Channel } from '../wire'
import type { GradeIn, InsistIn, PolicyIn, RecordingIn } from './wire'

const of = (customer_no: string) => ({ params: { path: { customer_no } } })
const sitting = (sitting_id: string) => ({ params: { path: { sitting_id } } })
const made = (recording_id: string) => ({ params: { path: { recording_id } } })

function useChanging<I, O>(act: (input: I) => Promise<O>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: act, onSuccess: () => client.invalidateQueries({ queryKey: ['care'] }) })
}

export function useSittings(no: string) {
  return useQuery({
    queryKey: ['care', 'sittings', no],
    queryFn: () => answer(api.GET('/api/suitability/customers/{customer_no}/sittings', of(no))),
  })
}

export const useStart = () =>
  useChanging((body: { customer_no: string; paper_no: string; channel: Channel }) =>
    answer(api.POST('/api/suitability/sittings', { body })),
  )

/** Answers go to the server one after another, in the order in which they were chosen. */
export function useAnswer(id: string) {
  return useMutation({
    scope: { id: `sitting-${id}` },
    mutationFn: (body: { question: string; option: string }) =>
      answer(api.PUT('/api/suitability/sittings/{sitting_id}/answers', { ...sitting(id), body })),
  })
}

export const useSubmit = () =>
  useChanging((id: string) => answer(api.POST('/api/suitability/sittings/{sitting_id}/submit', sitting(id))))

export function useReviews() {
  return useQuery({
    queryKey: ['care', 'reviews'],
    queryFn: () => answer(api.GET('/api/suitability/reviews', { params: { query: { limit: 100 } } })),
  })
}

export const useSettle = () =>
  useChanging(({ id, ...body }: { id: string; confirmed: boolean; note: string }) =>
    answer(api.POST('/api/suitability/sittings/{sitting_id}/review', { ...sitting(id), body })),
  )

export function useGradeDrafts() {
  return useQuery({
    queryKey: ['care', 'grades', 'drafts'],
    queryFn: () => answer(api.GET('/api/suitability/grades/drafts')),
  })
}

export function useGrades(product_no: string | undefined) {
  return useQuery({
    queryKey: ['care', 'grades', product_no],
    queryFn: () =>
      answer(api.GET('/api/suitability/grades/{product_no}', { params: { path: { product_no: product_no ?? '' } } })),
    enabled: Boolean(product_no),
  })
}

export const useProposeGrade = () =>
  useChanging(({ product_no, ...body }: GradeIn & { product_no: string }) =>
    answer(api.PUT('/api/suitability/grades/{product_no}', { params: { path: { product_no } }, body })),
  )

export const useSettleGrade = () =>
  useChanging(({ product_no, approved }: { product_no: string; approved: boolean }) =>
    answer(
      api.POST('/api/suitability/grades/{product_no}/verdict', {
        params: { path: { product_no } },
        body: { approved },
      }),
    ),
  )

export const useProposePolicy = () =>
  useChanging((body: PolicyIn) => answer(api.POST('/api/suitability/policy/drafts', { body })))

export const useSettlePolicy = () =>
  useChanging(({ version, approved }: { version: number; approved: boolean }) =>
    answer(api.POST('/api/suitability/policy/drafts/{version}', { params: { path: { version } }, body: { approved } })),
  )

/** Whether a product suits the customer at this amount; each asking is recorded, so it is asked on purpose. */
export function useCheck() {
  return useMutation({
    mutationFn: (body: { customer_no: string; product_no: string; amount: number }) =>
      answer(api.POST('/api/suitability/checks', { body })),
  })
}

export function useInsistences(no: string) {
  return useQuery({
    queryKey: ['care', 'insistences', no],
    queryFn: () => answer(api.GET('/api/suitability/customers/{customer_no}/insistences', of(no))),
  })
}

export const useInsist = () =>
  useChanging((body: InsistIn) => answer(api.POST('/api/suitability/insistences', { body })))

export const useConfirmInsistence = () =>
  useChanging((insistence_id: string) =>
    answer(api.POST('/api/suitability/insistences/{insistence_id}/confirm', { params: { path: { insistence_id } } })),
  )

export function useScripts() {
  return useQuery({ queryKey: ['care', 'scripts'], queryFn: () => answer(api.GET('/api/suitability/scripts')) })
}

export const useRecord = () =>
  useChanging((body: RecordingIn) => answer(api.POST('/api/suitability/recordings', { body })))

/** The pack byte for byte as the server made it, so that its digest can be checked. */
export function usePack() {
  return useMutation({
    mutationFn: async ({ id, form }: { id: string; form: 'json' | 'pdf' }) =>
      (form === 'pdf'
        ? await answer(api.POST('/api/suitability/recordings/{recording_id}/pdf', { ...made(id), parseAs: 'blob' }))
        : await answer(
            api.POST('/api/suitability/recordings/{recording_id}/pack', { ...made(id), parseAs: 'blob' }),
          )) as unknown as Blob,
  })
}
