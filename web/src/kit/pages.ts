import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query'
import type { Rows } from './table'

interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** A keyset-paged list as the rows of a table: each page asks where the last one ended. */
export function usePages<T>(
  key: QueryKey,
  ask: (cursor: string | undefined) => Promise<Page<T>>,
  enabled = true,
): Rows<T> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => ask(pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    placeholderData: (before) => before,
  })
  return {
    items: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    isPending: query.isPending,
    refetch: query.refetch,
    hasMore: query.hasNextPage,
    isFetchingMore: query.isFetchingNextPage,
    more: () => query.fetchNextPage(),
  }
}
