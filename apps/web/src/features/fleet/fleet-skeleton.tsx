// The fleet while it loads: groups and cards of the real size.
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { cardGrid } from './host-group.js';

export function FleetSkeleton({ live }: { live: boolean }) {
  return (
    <SkeletonGroup>
      <div className="mb-4 flex h-8 items-center gap-1.5">
        {[52, 84, 92, 70].map((width) => (
          <span key={width} style={{ width }}>
            <Skeleton className="h-[26px] rounded-full" />
          </span>
        ))}
      </div>
      {[6, 3].map((cards) => (
        <div key={cards} className="mb-6">
          <Skeleton className="mb-2 h-7 w-64" />
          <div className={cardGrid(live)}>
            {Array.from({ length: cards }, (_, i) => (
              <Skeleton key={i} className={live ? 'h-[231px] rounded-md' : 'h-[113px] rounded-md'} />
            ))}
          </div>
        </div>
      ))}
    </SkeletonGroup>
  );
}
