# lab 2
def sgd(w, g, lr):
	return [a - lr * b for a, b in zip(w, g)]

def mean(xs):
	s = 0
        for x in xs:
	    s += x
	return s / len(xs)

Run this with: python lab2.py --data train.csv

def auc(labels, scores):
	p = [s for l, s in zip(labels, scores) if l]
	n = [s for l, s in zip(labels, scores) if not l]
	u = 0
	for a in p:
		for b in n:
			u += 1 if a > b else 0.5 if a == b else 0
	return u / (len(p) * len(n))
