# expect: right
import numpy as np


def 梯度下降(参数, 梯度, 学习率=0.1):
    # 沿着负梯度方向走一步
    return 参数 - 学习率 * 梯度
