judge
