import { useRef } from 'preact/hooks';

/** Pixels a finger may slip in a tap. */
const STILL = 8;

/** Drag, pinch and wheel; a press that does not move is a tap. */
export function Pan({ children, onPan, onZoom, onTap }: {
  children: preact.ComponentChildren;
  onPan: (dx: number, dy: number) => void;
  onZoom: (by: number) => void;
  onTap?: (x: number, y: number) => void;
}) {
  const touches = useRef(new Map<number, { x: number; y: number }>());
  const moved = useRef(0);
  const spread = (): number => {
    const [a, b] = Array.from(touches.current.values());
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  const move = (event: PointerEvent): void => {
    const before = touches.current.get(event.pointerId);
    if (!before) return;
    const two = touches.current.size === 2;
    const wide = two ? spread() : 0;
    touches.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved.current += Math.abs(event.clientX - before.x) + Math.abs(event.clientY - before.y);
    if (two) onZoom(wide / Math.max(1, spread()));
    else onPan(event.clientX - before.x, event.clientY - before.y);
  };
  const up = (event: PointerEvent): void => {
    const pressed = touches.current.delete(event.pointerId);
    if (pressed && event.type === 'pointerup' && moved.current < STILL && onTap) onTap(event.clientX, event.clientY);
  };
  return (
    <div class="map-pan"
      onPointerDown={(event) => {
        if (!touches.current.size) moved.current = 0;
        touches.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move} onPointerUp={up} onPointerCancel={up}
      onWheel={(event) => {
        event.preventDefault();
        onZoom(event.deltaY > 0 ? 1.25 : 0.8);
      }}>
      {children}
    </div>
  );
}
