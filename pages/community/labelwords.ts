/* What tips are about: the categories, and what the page says of these and of tags. */

import { say, translator, type Pair } from '../shared/i18n';
import type { TipCategory } from '../shared/tips';

/** As domain/tip_label.py has them; api/tip_sheet.py says the same. */
export const CATEGORIES: Record<Exclude<TipCategory, ''>, Pair> = {
  noise: ['噪音', 'Noise'],
  fraud: ['诈骗', 'Fraud'],
  family: ['家庭纠纷', 'Family dispute'],
  neighbours: ['邻里纠纷', 'Neighbours'],
  traffic: ['交通', 'Traffic'],
  fire: ['消防隐患', 'Fire risk'],
  suspicious: ['可疑人员', 'Suspicious person'],
  theft: ['盗窃', 'Theft'],
  gambling: ['赌博', 'Gambling'],
  drugs: ['涉毒', 'Drugs'],
  missing: ['寻人', 'Missing person'],
  lost: ['失物', 'Lost property'],
  animals: ['犬只动物', 'Animals'],
  other: ['其他', 'Other'],
};

export function categoryName(category: TipCategory): string {
  return category ? say(CATEGORIES[category]) : '';
}

/** 噪音 #夜间 #KTV; empty when nobody said what it is about. */
export function labelText(category: TipCategory, tags: readonly string[]): string {
  return [categoryName(category), ...tags.map((one) => '#' + one)].filter(Boolean).join(' ');
}

export const l = translator({
  head: ['分类和标签', 'Category and tags'],
  none: ['未分类', 'No category'],
  set: ['分类', 'Categorise'],
  category: ['分类', 'Category'],
  tags: ['标签', 'Tags'],
  what: ['所里民警看得到，居民看不到。不要写居民的姓名、电话。', 'Officers of the station see it, residents do not. Write no name and no telephone number.'],
  tag: ['新标签（最多 12 字）', 'New tag (12 characters at most)'],
  add: ['添加', 'Add'],
  remove: ['去掉标签 {x}', 'Remove the tag {x}'],
  full: ['一条线索最多 10 个标签', 'A tip has 10 tags at most'],
  done: ['完成', 'Done'],
  filter: ['按分类、标签筛选', 'Filter by category or tag'],
  filtered: ['只列出：{x}', 'Only: {x}'],
  any: ['所有分类', 'All categories'],
  by_tag: ['标签', 'Tag'],
  clear: ['取消筛选', 'No filter'],
  e_labelled: ['{n} 标为：{x}', '{n} labelled it: {x}'],
  e_cleared: ['{n} 去掉了分类或标签', '{n} removed category or tags'],
});
