# expect: right
# 手写 AUC：按分数从低到高排序，并列的取平均名次
def 计算AUC(标签, 得分):
    数据 = sorted(zip(得分, 标签))
    n = len(数据)
    正, 负, 名次和 = 0, 0, 0.0
    i = 0
    while i < n:
        j = i
        while j < n and 数据[j][0] == 数据[i][0]:
            j += 1
        平均名次 = (i + 1 + j) / 2
        for k in range(i, j):
            if 数据[k][1] == 1:
                正 += 1
                名次和 += 平均名次
            else:
                负 += 1
        i = j
    if 正 == 0 or 负 == 0:
        return None
    return (名次和 - 正 * (正 + 1) / 2) / (正 * 负)
